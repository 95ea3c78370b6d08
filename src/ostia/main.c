// main.c - the program: finds the subcommand in its table and runs it.
#include "base/log.h"
#include "ostia/control.h"
#include "ostia/program.h"
#include "worker/worker.h"

#define DATA                                                                                   \
    {"data", "DIR", "folder of the authority [data]"}, {                                       \
        "db", "URL", "PostgreSQL database, postgresql://...; without it, SQLite in the folder" \
    }
#define CONFIG \
    { "config", "FILE", "settings beside DIR/ostia.conf" }

static const struct flag SERVE[] = {
    DATA,
    CONFIG,
    {"db-schema", "NAME", "schema of the database, for several authorities in one"},
    {"listen", "ADDR:PORT", "where to listen [127.0.0.1:8080]; TLS is for the proxy in front"},
    {"site", "URL", "address that browsers see, also printed on letters"},
    {"authority", "NAME", "name on pages and letters"},
    {"zone", "ZONE", "clock of the authority [Europe/Brussels]"},
    {"pack", "DIR,DIR", "packs to load when none is in force, one a procedure"},
    {"sources", "FILE", "remote sources that the search asks (JSON: see ostia(1))"},
    {"xroad", "FILE", "our security server of X-Road, and authorities behind others (JSON: see ostia(1))"},
    {"pack-signers", "FILE", "keys, one of which must have signed every pack that is loaded"},
    {"log", "ORIGIN", "name of the log in its proofs; only at the first start"},
    {"log-tiles", "yes|no", "anybody may read the tiles of the log at /log/: hashes of all leaves [no]"},
    {"mail-folder", "DIR", "write mail into a folder"},
    {"smtp", "URL", "send mail: smtp://host:25, smtps://user:password@host:465"},
    {"mail-from", "ADDRESS", "sender of mail"},
    {"mail-name", "NAME", "the sender's name [the authority]"},
    {"clamd", "ADDR", "virus scanner: a socket's path or host:port"},
    {"proxy", "yes|no", "a proxy in front adds X-Forwarded-For [no]"},
    {"metrics-from", "ADDR", "address beside loopback that may read /metrics [127.0.0.1]"},
    {"api-rate", "N", "requests a minute of one client of the API [3000]; 0: no limit"},
    {"backup-to", "DIR", "write what happens there too, a second later, sealed: for a restore to any moment"},
    {"backup-key", "FILE", "the public key for it (FILE.pub of backup-key)"},
    {"authority-code", "N", "our number among the authorities that exchange events"},
    {"privacy", "DIR", "folder of the privacy service (ostia privacy init)"},
    {"privacy-db", "URL", "PostgreSQL for it; without it, SQLite in that folder"},
    {"privacy-db-schema", "NAME", "schema of that database"},
    {"privacy-key", "PATH", "its key file [privacy.key in that folder]"},
    {"exchange-cert", "PATH", "our TLS certificate towards other authorities (PEM): turns the exchange on"},
    {"exchange-key", "PATH", "its key (PEM)"},
    {"exchange-listen", "ADDR", "door for other authorities, 0.0.0.0:8443; without it we only send"},
    {"exchange-ca", "PATH", "their certificates must also be good by these [their keys in the directory]"},
    {"nats", "URL", "broker for authorities of our trust domain whose address is nats:"},
    {"nats-ca", "PATH", "certificates by which the broker's must be good"},
    {"nats-credentials", "PATH", "credentials for the broker"},
    {"demo", NULL, "the folder holds demonstration cases: says how to sign in"},
    {0}};
static const struct flag DEMO[] = {DATA,
                                   {"cases", "N", "how many [1000]; 0: the accounts of staff alone"},
                                   {"carried", "N", "closed files of a former system beside them [0]"},
                                   {"seed", "S", "the same seed gives the same people and cases [1]"},
                                   {"until", "DATE", "last simulated day [today]"},
                                   {"pack", "DIR", "pack to work with [packs/eu-asylum]"},
                                   {"log", "ORIGIN", "name of the log in its proofs"},
                                   {"db-schema", "NAME", "schema of the database"},
                                   {0}};
static const struct flag CHECK[] = {{"json", NULL, "an object a line for each finding"}, {0}};
static const struct flag SET[] = {{"decision", "NAME", "that holds the table, or the table: name or id"},
                                  {"rule", "N", "row of the table, from 1"},
                                  {"column", "NAME", "label of the column, or an input's expression"},
                                  {"to", "TEXT", "what the cell shall hold, in FEEL"},
                                  {"out", "FILE", "write it there [standard output]"},
                                  {0}};
static const struct flag TCK[] = {{"csv", "FILE", "write a line for each case"}, {0}};
static const struct flag VERIFY[] = {DATA, {"orphans", NULL, "list documents that no case names"}, {0}};
static const struct flag REBUILD[] = {DATA, {"check", NULL, "only compare, change nothing"}, {0}};
static const struct flag COPY[] = {{"from", "DIR", "folder of the authority"},
                                   {"to", "URL", "PostgreSQL database, postgresql://..."},
                                   {"to-schema", "NAME", "schema of the database"},
                                   {0}};
static const struct flag ONLY_DATA[] = {DATA, {0}};
static const struct flag BACKUP[] = {
    DATA,
    CONFIG,
    {"to", "FILE", "the backup; made anew, replaced when it is there"},
    {"passphrase", "FILE", "holds the words that open it, 16 characters or more"},
    {"key", "FILE", "or: the public key of who may open it (FILE.pub of backup-key)"},
    {"with-keys", NULL, "put keys/master.key in it too: then it alone is enough to read all"},
    {0}};
static const struct flag RESTORE[] = {
    DATA,
    CONFIG,
    {"db-schema", "NAME", "schema of the database"},
    {"passphrase", "FILE", "holds the words that open it"},
    {"key", "FILE", "or: the secret key that opens it"},
    {"erased", "FILE", "the newest DIR/erased: who was erased since is erased again"},
    {"increments", "DIR", "the folder of serve --backup-to: what happened after the backup"},
    {"until", "TIME", "with it: as it was then, 2026-11-21T08:05:09Z [the end]"},
    {"until-event", "N", "with it: up to event N"},
    {0}};
static const struct flag EVAL[] = {
    {"decision", "NAME", "decision or service of the model, by name or id"},
    {"input", "FILE", "JSON object or XML with the values of names; - for standard input"},
    {"trace", NULL, "of a decision: how it came out, as JSON"},
    {"explain", NULL, "of a decision: how it came out, in words"},
    {"at", "MOMENT", "what now() answers [the clock], 2026-11-21T08:00:00Z"},
    {"zone", "ZONE", "time zone of today() [UTC]"},
    {0}};
static const struct flag REPLAY[] = {
    DATA,
    CONFIG,
    {"db-schema", "NAME", "schema of the database"},
    {"pack", "DIR", "the new version: a folder, or the name of a version that was loaded"},
    {"against", "DIR", "the old version, given likewise [the one in force]"},
    {"decision", "ID", "only this decision [each whose file differs]"},
    {"as-of", "WHEN", "decided: decided cases on that day, others today; today: all today [decided]"},
    {"cases", "WHICH", "all, open or closed [all]"},
    {"threads", "N", "at once [as many as there are processors]"},
    {"csv", "FILE", "write a line for each case that changes"},
    {"json", NULL, "print the result as JSON, a line for each decision"},
    {0}};
static const struct flag RETENTION[] = {
    DATA, CONFIG, {"db-schema", "NAME", "schema of the database"}, {"try", NULL, "only count"}, {0}};
static const struct flag XES[] = {DATA,
                                  CONFIG,
                                  {"db-schema", "NAME", "schema of the database"},
                                  {"procedure", "ID", "only cases of this pack: eu-asylum"},
                                  {"from", "DATE", "only cases made on this day or later"},
                                  {"to", "DATE", "... or earlier"},
                                  {"out", "FILE", "a new file, for its owner alone [standard output]"},
                                  {0}};
static const struct flag TRANSCRIBE[] = {{"language", "TAG", "of the names, BCP 47; it picks national rules"},
                                         {"json", NULL, "print an object a line"},
                                         {0}};
static const struct flag COMPARE[] = {
    {"left-birth", "DATE", "birth date of the first; it may be partial: 1990-04"},
    {"right-birth", "DATE", "... and of the second"},
    {"left-number", "NUMBER", "document number of the first"},
    {"right-number", "NUMBER", "... and of the second"},
    {0}};
#define LINKAGE                                                                                              \
    {"fields", "COLUMN=KIND,...", "what is compared, as name, date, text, code or number; else names tell"}, \
        {"id", "COLUMN", "that names a row; it is shown, not compared"}, {                                   \
        "out", "FILE", "write the pairs there, a new file [standard output]"                                 \
    }
static const struct flag DEDUPE[] = {
    LINKAGE, {"groups", "FILE", "write the file again, with the number of its group before each row"}, {0}};
static const struct flag LINK[] = {LINKAGE, {0}};
static const struct flag STAFF[] = {
    DATA,
    {"name", "NAME", "for colleagues"},
    {"email", "ADDRESS", "signs in with it"},
    {"code", "CODE", "what applicants see instead of the name: K-204"},
    {"unit", "UNIT", "office or team"},
    {"roles", "ROLE,ROLE", "officer, registrar, second_officer, supervisor, policy, operator, auditor"},
    {"language", "TAG", "of the pages [en]"},
    {0}};
static const struct flag EXCHANGE_KEY[] = {
    DATA,
    {"number", "N", "of the key [1]; the next one before a rotation"},
    {"cert", "PATH", "our TLS certificate [the setting exchange-cert]"},
    {0}};
static const struct flag CLIENT[] = {
    DATA,
    {"id", "ID", "client_id: a-z, 0-9 and dashes"},
    {"name", "NAME", "whose system it is; people who ask who looked at a file read it"},
    {"unit", "UNIT", "office whose cases are near to it"},
    {"roles", "ROLE,ROLE", "registrar, officer, supervisor ...; or representative alone"},
    {"purposes", "PURPOSE,PURPOSE", "what it may ask tokens for: registration, own_file ..."},
    {0}};
static const struct flag PACK_CHECK[] = {
    {"json", NULL, "as JSON"}, {"signers", "FILE", "keys, one of which must have signed it"}, {0}};
static const struct flag PACK_WALK[] = {
    {"language", "TAG", "of the person, where the walk names none [en]"},
    {"zone", "ZONE", "time zone of the authority [Europe/Brussels]"},
    {"list", NULL, "only list the walks"},
    {"ways", NULL, "a way that no walk takes is a mistake, too"},
    {"dump", "DIR", "write each letter of each walk there, as text and PDF"},
    {0}};
static const struct flag PACK_DIFF[] = {DATA, {"json", NULL, "as JSON"}, {0}};
static const struct flag PACK_EXPORT[] = {
    DATA, {"version", "N", "number of the version, of pack versions [the one loaded last]"}, {0}};
static const struct flag PACK_MIGRATE[] = {
    DATA,
    {"from", "VERSION", "the version that the cases have"},
    {"to", "VERSION", "the version to which they go"},
    {"mapping", "FILE", "where elements are in the new version (JSON)"},
    {"try", NULL, "change nothing, say what would happen"},
    {"stop", NULL, "stop the run that goes on in the server"},
    {0}};
static const struct flag PACK_KEY[] = {{"name", "NAME", "of the key: law.example/packs"}, {0}};
static const struct flag PACK_SIGN[] = {{"key", "FILE", "the secret key, of pack key"}, {0}};
static const struct flag FLOW_RUN[] = {
    {"data", "JSON", "values of names that expressions use; @FILE reads a file"},
    {"decisions", "FILE", "DMN model for business rule tasks"},
    {"process", "ID", "process to run [the executable one]"},
    {0}};
static const struct flag PAXLST[] = {{"clean", NULL, "only take the telegram off"}, {0}};
static const struct flag SEAL[] = {
    {"certificate", "FILE", "of the signer, X.509 in DER: then the signature is checked"}, {0}};
static const struct flag TRUST[] = {
    {"trust", "FILE,FILE", "master lists, CSCA certificates, then lists of revoked ones of these states"},
    {0}};
static const struct flag LOG_WITNESS[] = {
    DATA,
    {"url", "URL", "where it takes checkpoints: https://w.example/witness"},
    {"remove", NULL, "ask it no more"},
    {0}};
static const struct flag LOG_WATCH[] = {
    DATA,
    {"remove", NULL, "believe this key no more"},
    {"forget", NULL, "start anew with this log, as agreed after a restore: it may then have another past"},
    {0}};
static const struct flag LOG_KEYS[] = {
    DATA,
    {"list", NULL, "all keys of the log over time, signed: to be given to others with old proofs"},
    {"new-witness", NULL, "first give this witness a new key, after a restore of an older database"},
    {0}};
static const struct flag LOG_STAMP[] = {DATA,
                                        {"tsa", "URL", "of the time-stamping authority (RFC 3161)"},
                                        {"roots", "FILE", "its certificates in PEM, the only ones believed"},
                                        {0}};
static const struct flag LOG_BUNDLE[] = {
    DATA,
    {"db-schema", "NAME", "schema of the database"},
    {"document", NULL, "SEQ is the number of a document or letter, not of an event"},
    {"open", NULL, "with the key of this event's sealed part alone, so that its content can be compared"},
    {"out", "FILE", "write it there, a new file [standard output]"},
    {0}};
static const struct flag NO_OPTIONS[] = {{0}};
#define PRIVACY                                                         \
    DATA, CONFIG, {                                                     \
        "privacy", "DIR", "folder of the privacy service [the setting]" \
    }
#define AS \
    { "as", "OPERATOR", "who asks: the file of ostia privacy operator" }
#define GROUND \
    { "ground", "TEXT", "legal reference, for the evidence" }
static const struct flag PRIVACY_INIT[] = {
    PRIVACY,
    {"privacy-db", "URL", "PostgreSQL for it; without it, SQLite in that folder"},
    {"privacy-db-schema", "NAME", "schema of that database"},
    {"privacy-key", "PATH", "its key file [privacy.key in that folder]"},
    {"authority-code", "N", "our number among the authorities"},
    {0}};
static const struct flag PRIVACY_OPERATOR[] = {
    PRIVACY,
    {"may", "LIST", "of map, hold, erase, keep and audit, with commas; or ledger alone"},
    {"to", "PATH", "a new file for the operator's secret"},
    {"remove", NULL, "takes the operator away"},
    {0}};
static const struct flag PRIVACY_AS[] = {PRIVACY, AS, {0}};
static const struct flag PRIVACY_GROUND[] = {PRIVACY, AS, GROUND, {0}};
static const struct flag PRIVACY_HOLD_UNTIL[] = {
    PRIVACY, AS, GROUND, {"until", "DATE", "the last day of the hold, within 366 days"}, {0}};
static const struct flag PRIVACY_RECEIPTS[] = {PRIVACY, AS, {"all", NULL, "also those that have come"}, {0}};
static const struct flag PRIVACY_RESTRICT[] = {
    PRIVACY, AS, GROUND, {"end", NULL, "the restriction has ended"}, {0}};
static const struct flag PRIVACY_ROTATE[] = {
    PRIVACY,
    AS,
    {"keep", "DAYS", "how long backups under the old key can be opened [30]; 0: not at all"},
    {0}};
static const struct flag PRIVACY_AUDIT[] = {PRIVACY, AS, GROUND, {"list", NULL, "print the entries"}, {0}};
static const struct flag PRIVACY_BACKUP[] = {
    PRIVACY,
    AS,
    {"to", "PATH", "the backup; replaced when it is there"},
    {"passphrase", "FILE", "holds the words that open it, 16 characters or more"},
    {"key", "FILE", "or: the public key of who may open it (FILE.pub of backup-key)"},
    {"with-key", NULL, "put the key file in it too: then it alone is enough to read all"},
    {0}};
static const struct flag PRIVACY_RESTORE[] = {
    PRIVACY,
    {"privacy-db", "URL", "an empty PostgreSQL database for it"},
    {"privacy-db-schema", "NAME", "schema of that database"},
    {"privacy-key", "PATH", "its key file [privacy.key in that folder]"},
    {"authority-code", "N", "our number among the authorities"},
    {"passphrase", "FILE", "holds the words that open it"},
    {"key", "FILE", "or: the secret key that opens it"},
    {"deleted", "FILE", "the newest list of deletions: whoever it names is erased again"},
    {0}};

const struct subcommand SUBCOMMANDS[] = {
    {"serve", "", "Run the server",
     "\nSettings come from DIR/ostia.conf, then --config, then the options. SIGTERM stops it after the "
     "running requests.",
     0, 0, .options = SERVE, .run = serve_run},
    {"demo", "", "Make synthetic people and cases",
     "\nNo real person is in them. The folder must be new; its keys follow from the seed, so never use it "
     "for real cases.",
     0, 0, .options = DEMO, .run = demo_run},
    {"demo-code", "[NAME]", "Print how to sign in to the demonstration, with codes of this moment", NULL, 0,
     1, .options = ONLY_DATA, .run = demo_code_run},
    {"verify", "", "Check the whole log, every proof and every document",
     "\nNames the first thing that is wrong. Runs beside a server.", 0, 0, .options = VERIFY,
     .run = verify_run},
    {"rebuild", "", "Make all tables again from the log",
     "\nWith --check it compares them row by row with those in use and names the first difference; that runs "
     "beside a\n"
     "server when nothing is written meanwhile. Without, it replaces them; stop the server first.",
     0, 0, .options = REBUILD, .run = rebuild_run},
    {"copy", "", "Move an authority's database from its folder to PostgreSQL",
     "\nCopies all tables, compares them row by row, and names the new database in DIR/ostia.conf. Stop the "
     "server "
     "first.\nStopped in the middle, it goes on where it was when it is called again. Documents go "
     "there too, keys stay in the folder.",
     0, 0, .options = COPY, .run = copy_run},
    {"backup", "", "Write everything of this moment into one sealed file",
     "\nRuns beside servers, with either engine. keys/master.key is not part of it unless --with-keys; keep "
     "that "
     "key apart.\nDIR/erased is never part of it: keep its newest copy elsewhere, for a restore. Nor is who "
     "is "
     "signed in.",
     0, 0, .options = BACKUP, .run = backup_run},
    {"backup-key", "FILE", "Make a pair of keys for backups: FILE opens them, FILE.pub makes them", NULL, 1,
     1, .options = NO_OPTIONS, .run = backup_key_run},
    {"restore", "FILE", "Put a backup into a new folder, and verify it",
     "\nDIR/keys/master.key must be there already, unless the backup was made with --with-keys. The database "
     "is "
     "made in\nthe folder, or with --db in an empty PostgreSQL database; the backup may be of either engine.",
     1, 1, .arguments_are_paths = true, .options = RESTORE, .run = restore_run},
    {"pack load", "DIR", "Put a new version of a pack into force",
     "\nRunning cases keep theirs. A running server takes it over; nothing is restarted.", 1, 1,
     .arguments_are_paths = true, .options = ONLY_DATA, .perform = pack_load_perform},
    {"pack check", "DIR", "Say all that is right and wrong with a pack",
     "\nBy section: articles, processes, forms, ends against the person, texts, time limits, access, "
     "safeguards.\nEnds with 1 when something is wrong.",
     1, 1, .arguments_are_paths = true, .options = PACK_CHECK, .run = pack_check_run},
    {"pack walk", "DIR [NAME...]", "Walk cases of a pack from start to end, with a clock that jumps",
     "\nThe walks are DIR/walks/NAME.json; without NAME all of them. Nothing of them is kept. Says what is "
     "not as\nexpected, step by step, and which ends and ways no walk reached. Ends with 1 when a walk fails "
     "or an end\nis never reached.",
     1, ARGUMENTS_MAX, .options = PACK_WALK, .run = pack_walk_run},
    {"pack diff", "OLD NEW", "Say what a new version of a pack changes, and for whom",
     "\nOLD and NEW are folders, or with --data numbers of versions. With --data it also counts the running "
     "cases "
     "that\nkeep the old version.",
     2, 2, .options = PACK_DIFF, .run = pack_diff_run},
    {"pack versions", "", "List the versions that were loaded: number, pack, version, time, hash, signature",
     NULL, 0, 0, .options = ONLY_DATA, .run = pack_versions_run},
    {"pack export", "DIR", "Write the files of a version into a new folder, byte for byte", NULL, 1, 1,
     .options = PACK_EXPORT, .run = pack_export_run},
    {"pack migrate", "", "Move running cases to another version of their pack",
     "\nTry it first. FILE says where elements are: {\"elements\": {\"old\": \"new\", \"gone_timer\": "
     "\"\"}}; others "
     "keep\ntheir names. What has no place stays, and is named with its rule. Stopped, it goes on when it is "
     "called "
     "again.\nEnds with 1 when cases stay.",
     0, 0, .options = PACK_MIGRATE, .perform = pack_migrate_perform},
    {"pack key", "FILE", "Make a pair of keys for packs: FILE signs them, FILE.pub says whose they are", NULL,
     1, 1, .options = PACK_KEY, .run = pack_key_run},
    {"pack sign", "DIR", "Sign a pack: writes DIR/pack.sig",
     "\nThe signature is over the list of all its files. Put the key's FILE.pub into the file of the "
     "setting\n"
     "pack-signers: then no other pack can be loaded.",
     1, 1, .arguments_are_paths = true, .options = PACK_SIGN, .run = pack_sign_run},
    {"document mrz", "[FILE]", "Read the machine-readable zone of a travel document",
     "\nPrints fields, check digits, what was corrected and what does not fit, as JSON. Ends with 1 when a "
     "check "
     "digit is wrong.",
     0, 1, .arguments_are_paths = true, .options = NO_OPTIONS, .run = document_mrz_run},
    {"document seal", "[FILE]", "Read a visible digital seal (ICAO Doc 9303-13, BSI TR-03137)",
     "\nThe bytes of the bar code, or their hexadecimal. With --certificate it ends with 1 unless the seal "
     "is "
     "genuine.",
     0, 1, .arguments_are_paths = true, .options = SEAL, .run = document_seal_run},
    {"document chip", "FILE...", "Check what was read from a passport's chip: passive authentication",
     "\nThe files of the chip in any order: EF.SOD, EF.COM, data groups. Ends with 1 unless its state proves "
     "all.",
     1, 20, .arguments_are_paths = true, .options = TRUST, .run = document_chip_run},
    {"document masterlist", "FILE", "List the state certificates of a CSCA master list",
     "\nA list whose own state is not in --trust is \"unknown_signer\": compare its root_sha256 on another "
     "way.",
     1, 1, .arguments_are_paths = true, .options = TRUST, .run = document_masterlist_run},
    {"rules eval", "EXPRESSION|MODEL", "Evaluate a FEEL expression, or a decision of a DMN model",
     "\nModels that the model imports stand behind it. Text of the input is read as the date, time or "
     "duration that "
     "\nthe model declares for it.",
     1, ARGUMENTS_MAX, .options = EVAL, .run = rules_eval_run},
    {"rules check", "FILE...", "Check DMN and BPMN models",
     "\nOf decisions: types, names, gaps and overlaps of tables, rules that are never taken. Models that "
     "import each "
     "\nother are checked together.",
     1, ARGUMENTS_MAX, .arguments_are_paths = true, .options = CHECK, .run = rules_check_run},
    {"rules set", "MODEL", "Change a cell of a decision table",
     "\nPrints the changed model. All else in the file stays byte for byte: diagrams, comments, extensions. "
     "Models that "
     "\nthe model imports stand behind it.",
     1, ARGUMENTS_MAX, .options = SET, .run = rules_set_run},
    {"rules tck", "DIR...", "Run the cases of the DMN Technology Compatibility Kit below folders",
     "\nPrints what failed and how many of each level passed. The file is as vendors publish their results: "
     "directory,\ntest file, test id, SUCCESS or ERROR, note.",
     1, ARGUMENTS_MAX, .arguments_are_paths = true, .options = TCK, .run = rules_tck_run},
    {"rules replay", "", "Try a changed rule on all stored cases",
     "\nEvaluates a decision by the old and by the new version of a pack for every case, and shows who would "
     "be\n"
     "affected and why. Changes nothing; runs beside a server. That it was done is noted in the log.",
     0, 0, .options = REPLAY, .run = rules_replay_run},
    {"note", "WHAT", "Note in the log that somebody looked at all cases; commands do it themselves", NULL, 1,
     1, .is_internal = true, .options = NO_OPTIONS, .perform = note_perform},
    {"xes", "", "Write the ways of cases as an event log (XES) for process-mining programs",
     "\nA trace a case, an event where a step began and ended. No names or numbers: cases and colleagues "
     "have "
     "pseudonyms\nthat are good for one file. Exact times can point to a person all the same: keep it as "
     "carefully as "
     "a file.\nRuns beside a server; that it was done is noted in the log.",
     0, 0, .options = XES, .run = xes_run},
    {"registers retention", "", "Erase what is due in the registers, and say how many",
     "\nThe server does it once a day by itself. Prints counts by register and rule, never which entries.", 0,
     0, .options = RETENTION, .perform = registers_retention_perform},
    {"flow check", "FILE...", "Check BPMN models by the rules of the standard",
     "\nEach line ends with the rule that is broken and the element that breaks it.", 1, ARGUMENTS_MAX,
     .arguments_are_paths = true, .options = NO_OPTIONS, .run = flow_check_run},
    {"flow run", "FILE", "Run a BPMN model in memory and print what happens",
     "\nTasks are done and timers come at once; expressions are FEEL. What is awaited from outside ends the "
     "run.",
     1, 1, .arguments_are_paths = true, .options = FLOW_RUN, .run = flow_run_run},
    {"flow picture", "FILE", "Print a BPMN model as a picture (SVG), drawn from its diagram interchange",
     NULL, 1, 1, .arguments_are_paths = true, .options = NO_OPTIONS, .run = flow_picture_run},
    {"flow roundtrip", "FILE...", "Check that writing a BPMN model loses nothing", NULL, 1, ARGUMENTS_MAX,
     .arguments_are_paths = true, .options = NO_OPTIONS, .run = flow_roundtrip_run},
    {"identity transcribe", "[NAME...]", "Write names in Latin letters, and say by which rule",
     "\nWithout names, standard input is read, a name a line. Printed: name, for reading, for the "
     "machine-readable "
     "zone,\nscript, rule.",
     0, ARGUMENTS_MAX, .options = TRANSCRIBE, .run = identity_transcribe_run},
    {"identity compare", "[NAME NAME]", "Compare two names, or a list of pairs",
     "\nEach feature with how much it agrees, what that weighs, and how it was found. Without names, "
     "standard "
     "input is\nread, two names a line with a tab between them; printed: agreement, how it was found, bits "
     "of the "
     "writing.",
     0, 2, .options = COMPARE, .run = identity_compare_run},
    {"identity dedupe", "FILE", "Find the rows of a CSV file that are of one person, and say why",
     "\nNobody says which are right: what agreement weighs is learned from the file itself. Each pair has "
     "its "
     "probability\nand, column by column, how it agrees and what that weighs in bits. People decide who is "
     "who.",
     1, 1, .arguments_are_paths = true, .options = DEDUPE, .run = identity_dedupe_run},
    {"identity link", "FILE FILE", "Find the rows of two CSV files that are of one person, and say why",
     "\nEach row is linked to one of the other file at most. The columns must have the same names in both.",
     2, 2, .arguments_are_paths = true, .options = LINK, .run = identity_link_run},
    {"staff add", "", "Make an account of a member of staff; prints the invitation", NULL, 0, 0,
     .options = STAFF, .perform = staff_add_perform},
    {"staff invite", "NAME",
     "Print a new invitation for a member of staff, by e-mail address or sign-in name",
     "\nFor who did not use the first one within two weeks, or lost every way in. The old one ends, and all "
     "sessions.",
     1, 1, .options = ONLY_DATA, .perform = staff_invite_perform},
    {"client add", "", "Make an account of another system; prints its secret", NULL, 0, 0, .options = CLIENT,
     .perform = client_add_perform},
    {"client secret", "ID", "Print a new secret of a client", "\nThe old one ends, and all its tokens.", 1, 1,
     .options = ONLY_DATA, .perform = client_secret_perform},
    {"client close", "ID", "Close the account of a client", "\nIts tokens end at once. What it did stays.", 1,
     1, .options = ONLY_DATA, .perform = client_close_perform},
    {"exchange key", "", "Print our public keys, as other authorities put them into their directories",
     "\nA key is made when it is asked for first. Add it to \"keys\" of our entry in everybody's file.", 0, 0,
     .options = EXCHANGE_KEY, .perform = exchange_key_perform},
    {"exchange members", "FILE", "Take a directory of authorities (JSON: see ostia(1)) into the log",
     "\nWhat is there already stays. Keys are never changed: a new one is added, an old one is revoked.", 1,
     1, .arguments_are_paths = true, .options = ONLY_DATA, .perform = exchange_members_perform},
    {"exchange revoke", "CODE NUMBER", "Revoke a key of an authority, from now on and for ever",
     "\nWhat was logged before stays provable. What arrives from now on, signed by it, is refused.", 2, 2,
     .options = ONLY_DATA, .perform = exchange_revoke_perform},
    {"exchange list", "", "List the authorities, their key of today, and what waits for them", NULL, 0, 0,
     .options = ONLY_DATA, .perform = exchange_list_perform},
    {"paxlst", "FILE", "Read passenger lists of carriers (PAXLST, PNRGOV), as JSON",
     "\nFILE is an EDIFACT interchange or the telegram around it; - is standard input. What is wrong is told "
     "by segment,\nposition and rule. Ends with 1 when a list is refused. With --clean: the interchange "
     "alone, "
     "a segment a line.",
     1, 1, .options = PAXLST, .run = paxlst_run},
    {"openapi", "", "Print the description of the API (OpenAPI 3.1)", NULL, 0, 0, .options = NO_OPTIONS,
     .run = openapi_run},
    {"privacy init", "", "Make the privacy service: its tables, its key file",
     "\nPrints the public key of its receipts. Then put privacy, authority-code and, if they were given, the "
     "other\nsettings into DIR/ostia.conf. Its backup is its own: ostia backup leaves it out.",
     0, 0, .options = PRIVACY_INIT, .run = privacy_init_run},
    {"privacy operator", "NAME", "Make an operator of the privacy service; writes the secret into a file",
     "\nmap: channels of a case, restriction. hold, erase: ask and confirm. keep: deletions, keys, backups. "
     "audit: the\nevidence. ledger: reads the log, and gets nothing here.",
     1, 1, .options = PRIVACY_OPERATOR, .run = privacy_run, .perform = privacy_operator_perform},
    {"privacy due", "", "List the mappings whose day of deletion has come, by names that mean nothing", NULL,
     0, 0, .options = PRIVACY_AS, .run = privacy_run, .perform = privacy_due_perform},
    {"privacy delete", "", "Erase what is due and not held; the server does it each night", NULL, 0, 0,
     .options = PRIVACY_AS, .run = privacy_run, .perform = privacy_delete_perform},
    {"privacy hold", "CASE", "Ask that nothing of a case is erased until a day",
     "\nCASE is its own number. Another operator confirms it (privacy confirm).", 1, 1,
     .options = PRIVACY_HOLD_UNTIL, .run = privacy_run, .perform = privacy_hold_perform},
    {"privacy release", "CASE", "Ask that the holds of a case end; another operator confirms it", NULL, 1, 1,
     .options = PRIVACY_GROUND, .run = privacy_run, .perform = privacy_release_perform},
    {"privacy erase", "CASE", "Ask for erasure by order, here and at the other authorities",
     "\nAnother operator confirms it. The mappings are then due at once, unless a hold keeps them.", 1, 1,
     .options = PRIVACY_GROUND, .run = privacy_run, .perform = privacy_erase_perform},
    {"privacy leave", "", "Ask that all mappings are erased: the authority leaves", NULL, 0, 0,
     .options = PRIVACY_GROUND, .run = privacy_run, .perform = privacy_leave_perform},
    {"privacy confirm", "REQUEST", "Confirm what another operator, or another authority, asked for", NULL, 1,
     1, .options = PRIVACY_GROUND, .run = privacy_run, .perform = privacy_confirm_perform},
    {"privacy requests", "", "List holds in effect, and requests that wait for a second person", NULL, 0, 0,
     .options = PRIVACY_AS, .run = privacy_run, .perform = privacy_requests_perform},
    {"privacy receipts", "", "List the authorities that have not confirmed to have erased their part", NULL,
     0, 0, .options = PRIVACY_RECEIPTS, .run = privacy_run, .perform = privacy_receipts_perform},
    {"privacy access", "CASE", "Print all channels of a case, and who read them when and for what", NULL, 1,
     1, .options = PRIVACY_GROUND, .run = privacy_run, .perform = privacy_access_perform},
    {"privacy restrict", "CASE", "Restrict a case: its channels are read and no longer written", NULL, 1, 1,
     .options = PRIVACY_RESTRICT, .run = privacy_run, .perform = privacy_restrict_perform},
    {"privacy rotate", "", "Seal all rows by a new key; the server does it each month",
     "\nBackups under the old key can be opened as long as that key is kept.", 0, 0,
     .options = PRIVACY_ROTATE, .run = privacy_run, .perform = privacy_rotate_perform},
    {"privacy audit", "", "Check the chain of evidence, and print its head",
     "\nEnds with 1 when an entry is not what it was, and names it. Keep the head elsewhere.", 0, 0,
     .options = PRIVACY_AUDIT, .run = privacy_run, .perform = privacy_audit_perform},
    {"privacy backup", "", "Write the tables of the privacy service into a sealed file",
     "\nNeither the key file (but --with-key) nor the list of deletions, DIR/deleted, is part of it: keep "
     "both "
     "apart,\nin their newest state. A backup can be restored as long as its key is kept (privacy rotate).",
     0, 0, .options = PRIVACY_BACKUP, .run = privacy_run, .perform = privacy_backup_perform},
    {"privacy restore", "FILE", "Put a backup of the privacy service into an empty place",
     "\nWhat the list of deletions names is erased again before the service opens.", 1, 1,
     .arguments_are_paths = true, .options = PRIVACY_RESTORE, .run = privacy_restore_run},
    {"log checkpoint", "", "Print the newest signed checkpoint of the log and its public key", NULL, 0, 0,
     .options = ONLY_DATA, .run = log_checkpoint_run},
    {"log prove", "SEQ", "Print the proof that event SEQ is in the log (C2SP tlog-proof)", NULL, 1, 1,
     .options = ONLY_DATA, .run = log_prove_run},
    {"log bundle", "SEQ", "Print the offline proof of event SEQ: leaf, proof, checkpoint, cosignatures",
     "\nostia-verify checks it with no network and no database. With --open, who gets it can read the sealed "
     "part of this\nevent, and of no other.",
     1, 1, .options = LOG_BUNDLE, .run = log_bundle_run},
    {"log keys", "", "Print the public keys of the log and of this witness", NULL, 0, 0, .options = LOG_KEYS,
     .perform = log_keys_perform},
    {"log rotate", "", "Let a new key sign the log from now on",
     "\nPrints all keys. Give the new one to all witnesses at once: until they have it they refuse. Old "
     "proofs stay good.",
     0, 0, .options = ONLY_DATA, .perform = log_rotate_perform},
    {"log revoke", "NUMBER", "Believe a key of the log no more, because it was stolen",
     "\nNUMBER is its place in log keys --list; change the key first. What a witness had seen before stays "
     "proved.",
     1, 1, .options = ONLY_DATA, .perform = log_revoke_perform},
    {"log witness", "KEY", "Let a witness cosign the checkpoints of this log",
     "\nKEY is what the witness publishes (its log keys). With --remove, the name alone is enough.", 1, 1,
     .options = LOG_WITNESS, .perform = log_witness_perform},
    {"log watch", "KEY", "Be a witness of the log with this key: its name is the log's",
     "\nGive that authority the witness key of log keys and the address SITE/witness.", 1, 1,
     .options = LOG_WATCH, .perform = log_watch_perform},
    {"log stamp", "", "Have the newest checkpoint stamped by a time-stamping authority",
     "\nOnce a day is enough: a stamp holds for all that is before it. Bundles carry the stamp.", 0, 0,
     .options = LOG_STAMP, .perform = log_stamp_perform},
    {"log witnesses", "", "List who cosigns this log and which logs are cosigned here, with what went wrong",
     "\nEnds with 1 when a log has forked; the two checkpoints that show it are printed.", 0, 0,
     .options = ONLY_DATA, .run = log_witnesses_run},
    {"worker", "", "Open hostile files; the server starts it itself", NULL, 0, 0, .is_internal = true,
     .options = NO_OPTIONS},
    {"version", "", "Print the version", NULL, 0, 0, .options = NO_OPTIONS, .run = version_run},
    {0}};

int version_run(const struct call *c) {
    (void)c;
    printf("ostia %s\n", OSTIA_VERSION);
    return EXIT_DONE;
}

// In this process when nobody has the folder, else in the server that has it.
static int perform(const struct call *c) {
    struct arena a = {0};
    struct settings s;
    struct house h;
    struct problem p = {0};
    int exit_code = EXIT_WRONG;
    if (!settings_read(c, &a, &s, stderr)) return EXIT_USAGE;
    enum status st = house_open(env_real(), &s, HOUSE_WRITE, &h, &p);
    if (!st) {
        exit_code = c->command->perform(&h, c, stdout);
        house_close(&h);
    } else if (st != STATUS_BUSY || control_ask(s.data, c, stdout, &exit_code)) {
        exit_code = say_problem(stderr, st, &p);
    }
    arena_free(&a);
    return exit_code;
}

int main(int argc, char **argv) {
    struct call c;
    int exit_code;
    if (worker_is_asked(argc, argv)) return worker_main(NULL);
    if (!call_read(argc, argv, &c, stderr, &exit_code)) return exit_code;
    if (c.command->is_internal) return EXIT_USAGE;
    if (c.command->run != serve_run) log_level_set(LOG_WARNING); // what they have to say they print
    return c.command->run ? c.command->run(&c) : perform(&c);
}
