// country.h - the codes of 9303-3 section 5: ISO 3166-1 alpha-3 and what ICAO adds (D, UNO, XXA, XXB, ...).
#pragma once
#include <stdbool.h>

#include "base/text.h"

enum country_kind {
    COUNTRY_UNKNOWN,      // no such code
    COUNTRY_STATE,        // ISO 3166-1
    COUNTRY_BRITISH,      // GBD, GBN, GBO, GBP, GBS
    COUNTRY_ORGANISATION, // UNO, EUE, XPO, ...
    COUNTRY_STATELESS,    // XXA, 1954 Convention
    COUNTRY_REFUGEE,      // XXB (1951 Convention), XXC (other)
    COUNTRY_UNSPECIFIED,  // XXX
    COUNTRY_SPECIMEN      // UTO
};

// `code` as in a zone, with or without fillers ("D<<", "D", "DEU"); case does not matter.
enum country_kind country_kind(struct text code);

// Two-letter ISO 3166-1 code ("DE"), for display by locale data; empty when it has none. Constant text.
struct text country_alpha2(struct text code);

// Three-letter ISO code of a zone's code ("D" gives "DEU"), or the ICAO code itself; empty when unknown.
struct text country_alpha3(struct arena *a, struct text code);

// The code as a zone prints it, three characters with fillers ("DEU" gives "D<<", "DE" too); empty when
// unknown.
struct text country_mrz(struct arena *a, struct text code);
