// xroad_chain.h - the hash chains of X-Road's message log: one signature covers many messages.
//
// A security server signs a batch: the digests of its messages are the leaves of a tree of hash steps, and
// the signature is over the HashChainResult, the digest of the last step. Whoever is handed one message with
// its chain and result can tell that the message was in the batch that was signed (Cybernetica T-4-20, "Using
// batch hashing for signing and time-stamping"; the file formats are those of X-Road 6 and 7). The signature
// itself, over the result, is checked by who knows the certificates of that X-Road.
#pragma once
#include "base/text.h"

enum {
    XROAD_CHAIN_DEPTH_MAX = 64,    // steps one inside the other: a batch of 2^64 messages
    XROAD_CHAIN_STEPS_MAX = 1024,  // in all chains: the way from one message up has as many as the depth
    XROAD_CHAIN_VALUES_MAX = 4096, // that are looked at, however often steps refer to each other
    XROAD_CHAIN_PARTS_MAX = 64,    // of a container: chains, a message, its attachments
};

// A part of the container that references lead to: "/hashchain.xml", "/message.xml", "/attachment1".
struct xroad_part {
    struct text uri;
    struct bytes content;
    bool must_be_covered; // the answer is no when the chain does not reach it
    bool is_left_out;     // it was not kept: its digest in the chain is believed. Never with must_be_covered
    // Its digest, where the bytes are not at hand but somebody who hashed them is believed; else empty.
    struct text digest_method; // URI
    struct bytes digest;
};

// True when `result_xml` (a HashChainResult) is what the chain of hash steps makes of the parts. STATUS_OK;
// else *error is the fault of X-Road's own verifier: "MalformedHashChain", "InvalidReference",
// "InvalidHashChainRef" (a part is not what it was), "InvalidHashChainResult", "HashChainUnusedInputs", and
// *detail says in English where, in `a`. STATUS_INVALID, or STATUS_UNSUPPORTED for a hash or transform that
// is not known ("UnsupportedAlgorithm").
enum status xroad_chain_verify(struct arena *a, struct text result_xml, const struct xroad_part *parts,
                               size_t count, const char **error, struct text *detail);
