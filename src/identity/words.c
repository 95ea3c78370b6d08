// The lists are short on purpose: what is not in them is compared as a name, which is never wrong, only less
// tolerant.
#include "identity/words.h"

#include <pthread.h>
#include <string.h>

static const char *const PARTICLES =
    "al el ul il ar er ur as es ash esh an ad ed at az ez ud us "
    "von van vom zu zum zur der den dem des ter ten de da do das dos del della delle di du la le los las lo "
    "und and et of the for in on to oder ou na "
    "abu abou umm um";
static const char *const CHILDREN =
    "bin ibn ben bint binti binte bn wuld ould walad ap mac oglu ogly uulu kyzy qizi zade";
static const char *const TITLES = "mr mrs ms miss mister dr doctor prof professor sir lord lady "
                                  "monsieur madame mme mlle herr frau senor "
                                  "senora don dona dom sheikh shaikh shaykh sheik haji hajji hadji hajj haj "
                                  "hadj mullah mulla mawlawi maulavi molvi "
                                  "qari hafiz ustad ayatollah imam sayyid sayed seyed syed sayyed president "
                                  "minister general gen colonel col major "
                                  "maj captain capt lieutenant lt sergeant sgt "
                                  "jr sr junior senior esq "
                                  "phd md rev father brother sister eng engineer ing dipl";
static const char *const TRADE =
    "bank banco banque group gruppe grupo holding holdings international industries industry services "
    "service systems "
    "solutions trading global partners capital fund trust insurance investment investments securities "
    "management "
    "enterprises enterprise national foundation institute academy ministry department government university "
    "organization organisation association society federation union party committee council agency authority "
    "army "
    "brigade company corporation factory plant works shipping lines marine aviation construction engineering "
    "electronics technologies technology energy petroleum oil gas mining motor motors finance financial real "
    "estate "
    "business commercial commerce general state city yard vessel ship mv mt";

// Words of one legal form share its number. Those that only differ by country are apart: a GmbH is no AG.
static const struct {
    uint16_t form;
    const char *words;
} LEGAL[] = {
    {1, "ltd limited ltda lda"},
    {2, "llc ooo tov mchj sarl srl sprl gmbh zoo doo eood ood"},
    {3, "inc incorporated"},
    {4, "corp corporation"},
    {5, "co company cie"},
    {6,
     "ag akg aktiengesellschaft sa spa ab as asa oyj plc se nv jsc ojsc pjsc cjsc oao zao pao ao ad at kk"},
    {7, "lp llp kg ohg scs cv"},
    {8, "bv bvba"},
    {9, "oy"},
    {10, "pty pte pvt"},
    {11, "na"},
    {12, "sl slu"},
    {13, "kft zrt nyrt"},
    {14, "ev eg"},
};
static const struct {
    uint16_t form;
    const char *words;
} PHRASES[] = {
    {6, "open joint stock company"},
    {6, "public joint stock company"},
    {6, "closed joint stock company"},
    {6, "joint stock company"},
    {6, "public limited company"},
    {6, "aktsionernoe obshchestvo"},
    {6, "otkrytoe aktsionernoe obshchestvo"},
    {6, "publichnoe aktsionernoe obshchestvo"},
    {6, "zakrytoe aktsionernoe obshchestvo"},
    {6, "anonim sirketi"},
    {6, "sociedad anonima"},
    {6, "societe anonyme"},
    {6, "societa per azioni"},
    {6, "sa de cv"},
    {2, "limited liability company"},
    {2, "gesellschaft mit beschrankter haftung"},
    {2, "obshchestvo s ogranichennoi otvetstvennostiu"},
    {2, "societe a responsabilite limitee"},
    {2, "societatea cu raspundere limitata"},
    {2, "sociedad de responsabilidad limitada"},
    {2, "societa a responsabilita limitata"},
    {2, "spolka z ograniczona odpowiedzialnoscia"},
    {2, "sp z oo"},
    {2, "s r o"},
    {2, "limited sirketi"},
    {7, "limited partnership"},
    {7, "limited liability partnership"},
    {1, "private limited"},
    {1, "co ltd"},
    {1, "company limited"},
};
enum { PHRASE_COUNT = sizeof PHRASES / sizeof *PHRASES };

static const char *const NUMBERS[] = {"zero",    "one",     "two",       "three",    "four",
                                      "five",    "six",     "seven",     "eight",    "nine",
                                      "ten",     "eleven",  "twelve",    "thirteen", "fourteen",
                                      "fifteen", "sixteen", "seventeen", "eighteen", "nineteen"};
static const struct {
    uint16_t value;
    const char *words;
} MORE_NUMBERS[] = {{20, "twenty"},  {30, "thirty"}, {40, "forty fourty"}, {50, "fifty"},   {60, "sixty"},
                    {70, "seventy"}, {80, "eighty"}, {90, "ninety"},       {1, "first"},    {2, "second"},
                    {3, "third"},    {4, "fourth"},  {5, "fifth"},         {100, "hundred"}};

// One line a group: the full forms and what people call those who bear them.
static const char *const NICKNAMES[] = {
    "alexander alexandre aleksandr aleksander oleksandr alex sasha sascha alec sandro",
    "alexandra aleksandra oleksandra sandra sasha",
    "andrew andreas andrei andrzej andy drew",
    "anthony antonio antonius tony toni anton",
    "anna hanna anne anya annie",
    "benjamin binyamin ben benny bibi",
    "barbara barb basia",
    "catherine katherine katharina ekaterina kateryna katarzyna kate katie katja katya kasia cathy kathy",
    "charles karl carl charlie chuck carlos",
    "christopher kristof chris krzysztof",
    "daniel dan danny danila",
    "david dave davit dawit",
    "dmitri dmitry dmytro dima mitya",
    "edward eduard ed eddie ted",
    "elizabeth elisabeth yelizaveta lisa liz beth betty liza elsbeth",
    "emmanuel manuel manolo immanuel",
    "eugene evgeny evgeni yevgeny yevgeni zhenya gene",
    "francis francisco franz frank paco pancho",
    "frederick friedrich frederik fred fritz freddy",
    "gabriel gabi gabe",
    "george georg georgi jorge yuri jerzy georgios giorgos giorgi",
    "gregory grigori hryhorii greg grisha",
    "henry heinrich hank harry heinz enrique",
    "ivan vanya",
    "james jim jimmy jamie jaime",
    "john johann jon johnny jack hans",
    "joseph jose josef yosef yusuf youssef joe joey pepe josip",
    "lawrence laurence larry lorenz lars",
    "leonid lev leo leon",
    "ludmila lyudmila liudmyla luda lyuda",
    "margaret margarita margarete maggie peggy greta rita",
    "maria mary marie mariya masha mariam maryam miriam",
    "matthew matthias matteo matt mateusz",
    "michael mikhail mykhailo michel miguel mike misha mick mikael michal",
    "mohammad mohammed muhammad mohamed mohamad mahomed mehmed mehmet mamadou",
    "natalia natalya nataliia natasha nathalie",
    "nicholas nikolai nikola nicolas mykola nick kolya niko nikolaos klaus",
    "olga olha olya",
    "paul pavel pavlo pasha pablo",
    "peter petr pyotr petro piotr pete petya pedro pierre",
    "philip philipp philippe filip phil",
    "richard rick dick ricardo ryszard",
    "robert bob rob bobby roberto",
    "samuel sam shmuel",
    "sebastian bastian seb",
    "sergei sergey serhii serhiy seryozha serge sergio",
    "stephen steven stefan stepan steve stephan",
    "svetlana svitlana sveta",
    "tatiana tatyana tetiana tanya",
    "theodore fyodor fedir teodor ted theo",
    "thomas tom tommy tomasz tomas",
    "timothy tim timofei",
    "victor viktor vitya",
    "vladimir volodymyr vova volodya vladimiro wladimir",
    "walter walt wally",
    "william wilhelm bill billy will willy guillermo",
    "wolfgang wolf",
    "yakov jakob jacob yaakov jacques iakov",
    "tewodros theodros teddy",
    "gebre gebreyesus",
    "abdullah abdallah abdoullah",
    "ibrahim abraham ebrahim brahim avraham",
    "ismail ismael ishmael",
    "suleiman sulayman solomon suleyman",
    "fatima fatma fatemeh fatoumata fadumo",
    "aisha aysha ayesha aicha asha",
};
enum { NICKNAME_COUNT = sizeof NICKNAMES / sizeof *NICKNAMES };

// An open table, filled once: a name is looked up some thousand times more often than a process starts.
enum { SLOTS = 2048, WORD_LETTERS = 24 };
struct slot {
    char letters[WORD_LETTERS];
    uint8_t length;
    struct word word;
    uint16_t legal, nickname;
};
static struct slot TABLE[SLOTS];
static pthread_once_t filled = PTHREAD_ONCE_INIT;

static size_t slot_of(struct text w) {
    uint32_t h = 2166136261u;
    for (size_t i = 0; i < w.n; i++) h = (h ^ (uint8_t)w.p[i]) * 16777619u;
    size_t at = (h ^ (h >> 13)) % SLOTS;
    while (TABLE[at].length && !text_eq((struct text){TABLE[at].letters, TABLE[at].length}, w))
        at = (at + 1) % SLOTS;
    return at;
}

static struct slot *slot_add(struct text w) {
    struct slot *s = &TABLE[slot_of(w)];
    memcpy(s->letters, w.p, w.n);
    s->length = (uint8_t)w.n;
    return s;
}

// The first list that has a word wins.
static void add_words(const char *words, enum word_kind kind, uint16_t value) {
    struct text rest = text_of(words), w;
    while (text_cut(&rest, ' ', &w)) {
        struct slot *s = slot_add(w);
        if (s->word.kind == WORD_NAME) s->word = (struct word){kind, value};
    }
}

static void fill(void) {
    for (size_t i = 0; i < sizeof LEGAL / sizeof *LEGAL; i++) {
        struct text rest = text_of(LEGAL[i].words), w;
        while (text_cut(&rest, ' ', &w)) slot_add(w)->legal = LEGAL[i].form;
    }
    add_words(PARTICLES, WORD_PARTICLE, 0);
    add_words(CHILDREN, WORD_CHILD, 0);
    add_words(TITLES, WORD_TITLE, 0);
    add_words(TRADE, WORD_TRADE, 0);
    for (size_t i = 0; i < sizeof NUMBERS / sizeof *NUMBERS; i++)
        add_words(NUMBERS[i], WORD_NUMBER, (uint16_t)i);
    for (size_t i = 0; i < sizeof MORE_NUMBERS / sizeof *MORE_NUMBERS; i++)
        add_words(MORE_NUMBERS[i].words, WORD_NUMBER, MORE_NUMBERS[i].value);
    for (size_t i = 0; i < NICKNAME_COUNT; i++) {
        struct text rest = text_of(NICKNAMES[i]), w;
        while (text_cut(&rest, ' ', &w)) {
            struct slot *s = slot_add(w);
            if (!s->nickname) s->nickname = (uint16_t)(i + 1);
        }
    }
}

static const struct slot *slot_find(struct text letters) {
    pthread_once(&filled, fill);
    if (!letters.n || letters.n >= WORD_LETTERS) return NULL;
    const struct slot *s = &TABLE[slot_of(letters)];
    return s->length ? s : NULL;
}

struct word identity_word(struct text letters) {
    const struct slot *s = slot_find(letters);
    return s ? s->word : (struct word){WORD_NAME, 0};
}

uint16_t identity_nickname(struct text letters) {
    const struct slot *s = slot_find(letters);
    return s ? s->nickname : 0;
}

size_t identity_legal_form(const struct text *words, size_t count, uint16_t *form) {
    for (size_t i = 0; i < PHRASE_COUNT; i++) {
        struct text rest = text_of(PHRASES[i].words), w;
        size_t n = 0;
        bool fits = true;
        while (fits && text_cut(&rest, ' ', &w)) fits = n < count && text_eq(words[n++], w);
        if (!fits) continue;
        *form = PHRASES[i].form;
        return n;
    }
    const struct slot *s = count ? slot_find(words[0]) : NULL;
    if (!s || !s->legal) return 0;
    *form = s->legal;
    return 1;
}

unsigned identity_roman(struct text letters) {
    static const char *const ROMAN[] = {"i",    "ii",  "iii",  "iv",    "v",   "vi",   "vii",
                                        "viii", "ix",  "x",    "xi",    "xii", "xiii", "xiv",
                                        "xv",   "xvi", "xvii", "xviii", "xix", "xx"};
    for (unsigned i = 0; i < sizeof ROMAN / sizeof *ROMAN; i++)
        if (text_eq(letters, text_of(ROMAN[i]))) return i + 1;
    return 0;
}
