// ICAO Doc 9303-3, section 6: A national Latin characters, B Cyrillic, C Arabic. Rows sorted by code.
//
// Reading forms that differ from the zone follow national rules: Ukraine, Cabinet resolution 55 of 2010;
// Bulgaria, Transliteration Act of 2009; Serbian in Gaj's alphabet; Arabic letters in the plain form usual in
// civil documents.
#include "identity/letters.h"

static const struct letter LETTERS[] = {
    // Latin letters that do not fall apart into a base letter and a mark, or that have a rule of their own.
    {0x00C4, "AE", "ä"},
    {0x00C5, "AA", "å"},
    {0x00C6, "AE", "æ"},
    {0x00D0, "D", "ð"},
    {0x00D6, "OE", "ö"},
    {0x00D8, "OE", "ø"},
    {0x00DC, "UE", "ü"},
    {0x00DE, "TH", "þ"},
    {0x00DF, "SS", "ß"},
    {0x0110, "D", "đ"},
    {0x0126, "H", "ħ"},
    {0x0131, "I", "ı"},
    {0x0132, "IJ", "ĳ"},
    {0x0138, "K", "ĸ"},
    {0x0141, "L", "ł"},
    {0x014A, "N", "ŋ"},
    {0x0152, "OE", "œ"},
    {0x0166, "T", "ŧ"},
    {0x0181, "B", "ɓ"},
    {0x018A, "D", "ɗ"},
    {0x018F, "E", "ə"},
    {0x0198, "K", "ƙ"},
    {0x01B3, "Y", "ƴ"},
    // Cyrillic
    {0x0401, "E"},
    {0x0402, "D"},
    {0x0403, "G"},
    {0x0404, "IE"},
    {0x0405, "DZ"},
    {0x0406, "I"},
    {0x0407, "I"},
    {0x0408, "J"},
    {0x0409, "LJ"},
    {0x040A, "NJ"},
    {0x040B, "C"},
    {0x040C, "K"},
    {0x040E, "U"},
    {0x040F, "DZ"},
    {0x0410, "A"},
    {0x0411, "B"},
    {0x0412, "V"},
    {0x0413, "G"},
    {0x0414, "D"},
    {0x0415, "E"},
    {0x0416, "ZH"},
    {0x0417, "Z"},
    {0x0418, "I"},
    {0x0419, "I"},
    {0x041A, "K"},
    {0x041B, "L"},
    {0x041C, "M"},
    {0x041D, "N"},
    {0x041E, "O"},
    {0x041F, "P"},
    {0x0420, "R"},
    {0x0421, "S"},
    {0x0422, "T"},
    {0x0423, "U"},
    {0x0424, "F"},
    {0x0425, "KH"},
    {0x0426, "TS"},
    {0x0427, "CH"},
    {0x0428, "SH"},
    {0x0429, "SHCH"},
    {0x042A, "IE"},
    {0x042B, "Y"},
    {0x042C, ""},
    {0x042D, "E"},
    {0x042E, "IU"},
    {0x042F, "IA"},
    {0x046A, "U"},
    {0x0474, "Y"},
    {0x0490, "G"},
    {0x0492, "F"},
    {0x049A, "Q"},
    {0x04A2, "NG"},
    {0x04AE, "U"},
    {0x04B0, "U"},
    {0x04B2, "H"},
    {0x04B6, "J"},
    {0x04BA, "C"},
    {0x04D8, "A"},
    {0x04E2, "I"},
    {0x04E8, "O"},
    {0x04EE, "U"},
    // Arabic. Vowel marks are not encoded in the zone; the reading form uses them when they are there.
    {0x0621, "XE", ""},
    {0x0622, "XAA", "a"},
    {0x0623, "XAE", "a"},
    {0x0624, "U", "u"},
    {0x0625, "I", "i"},
    {0x0626, "XI", "i"},
    {0x0627, "A", "a"},
    {0x0628, "B"},
    {0x0629, "XTA", "a"},
    {0x062A, "T"},
    {0x062B, "XTH", "th"},
    {0x062C, "J"},
    {0x062D, "XH", "h"},
    {0x062E, "XKH", "kh"},
    {0x062F, "D"},
    {0x0630, "XDH", "dh"},
    {0x0631, "R"},
    {0x0632, "Z"},
    {0x0633, "S"},
    {0x0634, "XSH", "sh"},
    {0x0635, "XSS", "s"},
    {0x0636, "XDZ", "d"},
    {0x0637, "XTT", "t"},
    {0x0638, "XZZ", "z"},
    {0x0639, "E", "", NULL, "a"},
    {0x063A, "G", "gh"},
    {0x0641, "F"},
    {0x0642, "Q"},
    {0x0643, "K"},
    {0x0644, "L"},
    {0x0645, "M"},
    {0x0646, "N"},
    {0x0647, "H"},
    {0x0648, "W", "u", NULL, "w"},
    {0x0649, "XAY", "a"},
    {0x064A, "Y", "i", NULL, "y"},
    {0x064B, "", ""},
    {0x064C, "", ""},
    {0x064D, "", ""},
    {0x064E, "", "a"},
    {0x064F, "", "u"},
    {0x0650, "", "i"},
    {0x0652, "", ""},
    {0x0670, "", "a"},
    {0x0671, "XXA", "a"},
    {0x0679, "XXT", "t"},
    {0x067C, "XRT", "t"},
    {0x067E, "P"},
    {0x0681, "XKE", "dz"},
    {0x0685, "XXH", "ts"},
    {0x0686, "XC", "ch"},
    {0x0688, "XXD", "d"},
    {0x0689, "XDR", "d"},
    {0x0691, "XXR", "r"},
    {0x0693, "XRR", "r"},
    {0x0696, "XRX", "zh"},
    {0x0698, "XJ", "zh"},
    {0x069A, "XXS", "sh"},
    {0x069C, "", "sh"},
    {0x06A2, "", "f"},
    {0x06A4, "V", "v"},
    {0x06A7, "", "q"},
    {0x06A8, "", "q"},
    {0x06A9, "XKK", "k"},
    {0x06AB, "XXK", "g"},
    {0x06AD, "XNG", "ng"},
    {0x06AF, "XGG", "g"},
    {0x06BA, "XNN", "n"},
    {0x06BC, "XXN", "n"},
    {0x06BE, "XDO", "h"},
    {0x06C0, "XYH", "h"},
    {0x06C1, "XXG", "h"},
    {0x06C2, "XGE", "h"},
    {0x06C3, "XTG", "a"},
    {0x06CC, "XYA", "i", NULL, "y"},
    {0x06CD, "XXY", "ai"},
    {0x06D0, "Y", "e"},
    {0x06D2, "XYB", "e"},
    {0x06D3, "XBE", "e"},
    {0x1E9E, "SS", "ß"},
};

static const struct letter UKRAINIAN[] = {
    {0x0404, "IE", NULL, "YE"},
    {0x0407, "I", NULL, "YI"},
    {0x0413, "H"},
    {0x0418, "Y"},
    {0x0419, "I", NULL, "Y"},
    {0x042E, "IU", NULL, "YU"},
    {0x042F, "IA", NULL, "YA"},
};
static const struct letter BELARUSIAN[] = {{0x0401, "IO"}, {0x0413, "H"}};
static const struct letter BULGARIAN[] = {
    {0x0419, "I", "y"}, {0x0425, "KH", "h"},  {0x0429, "SHT"},      {0x042A, "A"},
    {0x042C, "Y"},      {0x042E, "IU", "yu"}, {0x042F, "IA", "ya"},
};
// 9303 gives H for the Serbian Г; the reading form is what Serbian documents print.
static const struct letter SERBIAN[] = {
    {0x0402, "D", "đ"}, {0x040B, "C", "ć"}, {0x040F, "DZ", "dž"}, {0x0413, "H", "g"}, {0x0416, "Z", "ž"},
    {0x0425, "H"},      {0x0426, "C"},      {0x0427, "C", "č"},   {0x0428, "S", "š"},
};
static const struct letter MACEDONIAN[] = {
    {0x0403, "GJ"}, {0x040C, "KJ"}, {0x040F, "DJ"}, {0x0425, "H"}, {0x0426, "C"},
};
static const struct letter PERSIAN[] = {
    {0x062B, "XTH", "s"}, {0x0630, "XDH", "z"},          {0x0636, "XDZ", "z"},
    {0x0642, "Q", "gh"},  {0x0648, "W", "u", NULL, "v"},
};
static const struct letter PLAIN_VOWELS[] = {
    {0x00C4, "A", "ä"},
    {0x00C5, "A", "å"},
    {0x00D6, "O", "ö"},
    {0x00DC, "U", "ü"},
};

struct letter_table {
    const struct letter *rows;
    size_t count;
};
#define TABLE(t) \
    { t, sizeof(t) / sizeof *(t) }

static const struct letter_table TABLES[] = {
    [RULES_NONE] = TABLE(LETTERS),          [RULES_UKRAINIAN] = TABLE(UKRAINIAN),
    [RULES_BELARUSIAN] = TABLE(BELARUSIAN), [RULES_BULGARIAN] = TABLE(BULGARIAN),
    [RULES_SERBIAN] = TABLE(SERBIAN),       [RULES_MACEDONIAN] = TABLE(MACEDONIAN),
    [RULES_PERSIAN] = TABLE(PERSIAN),       [RULES_PLAIN_VOWELS] = TABLE(PLAIN_VOWELS),
};

enum letter_rules icao_rules_of(struct text language) {
    static const struct {
        char tag[4];
        enum letter_rules rules;
    } LANGUAGES[] = {
        {"uk", RULES_UKRAINIAN},    {"be", RULES_BELARUSIAN},   {"bg", RULES_BULGARIAN},
        {"sr", RULES_SERBIAN},      {"bs", RULES_SERBIAN},      {"mk", RULES_MACEDONIAN},
        {"fa", RULES_PERSIAN},      {"prs", RULES_PERSIAN},     {"ur", RULES_PERSIAN},
        {"ps", RULES_PERSIAN},      {"es", RULES_PLAIN_VOWELS}, {"pt", RULES_PLAIN_VOWELS},
        {"ca", RULES_PLAIN_VOWELS}, {"fr", RULES_PLAIN_VOWELS}, {"nl", RULES_PLAIN_VOWELS},
        {"tr", RULES_PLAIN_VOWELS}, {"az", RULES_PLAIN_VOWELS},
    };
    struct text primary;
    if (!text_cut(&language, '-', &primary)) return RULES_NONE;
    for (size_t i = 0; i < sizeof LANGUAGES / sizeof *LANGUAGES; i++)
        if (text_eq_nocase(primary, text_of(LANGUAGES[i].tag))) return LANGUAGES[i].rules;
    return RULES_NONE;
}

static const struct letter *find_in(const struct letter_table *t, uint32_t code) {
    size_t low = 0, high = t->count;
    while (low < high) {
        size_t middle = (low + high) / 2;
        if (t->rows[middle].code == code) return &t->rows[middle];
        if (t->rows[middle].code < code)
            low = middle + 1;
        else
            high = middle;
    }
    return NULL;
}

const struct letter *icao_letter(uint32_t code, enum letter_rules rules) {
    const struct letter *l = rules == RULES_NONE ? NULL : find_in(&TABLES[rules], code);
    return l ? l : find_in(&TABLES[RULES_NONE], code);
}
