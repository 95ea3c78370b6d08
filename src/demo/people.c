#include "demo/people.h"

#include <string.h>

// ---- dice

struct dice dice_of(uint64_t seed, uint64_t which) {
    struct dice d = {seed * UINT64_C(0x9e3779b97f4a7c15) ^ (which + 1) * UINT64_C(0xbf58476d1ce4e5b9)};
    dice_next(&d);
    return d;
}

uint64_t dice_next(struct dice *d) {
    uint64_t z = d->state += UINT64_C(0x9e3779b97f4a7c15);
    z = (z ^ (z >> 30)) * UINT64_C(0xbf58476d1ce4e5b9);
    z = (z ^ (z >> 27)) * UINT64_C(0x94d049bb133111eb);
    return z ^ (z >> 31);
}

int dice_range(struct dice *d, int from, int to) {
    return from + (int)(dice_next(d) % (uint64_t)(to - from + 1));
}

bool dice_chance(struct dice *d, int percent) {
    return dice_range(d, 1, 100) <= percent;
}

// ---- names: as written, and in Latin letters. Family names are syllables put together; they are nobody's.

struct written {
    const char *own, *latin;
};
enum { GIVEN = 8, SYLLABLES = 8 };
struct names {
    struct written female[GIVEN], male[GIVEN], first[SYLLABLES], last[SYLLABLES];
};

static const struct names ARABIC = {{{"أمينة", "Amina"},
                                     {"ليلى", "Layla"},
                                     {"هالة", "Hala"},
                                     {"رنا", "Rana"},
                                     {"سلمى", "Salma"},
                                     {"نور", "Nour"},
                                     {"دعاء", "Duaa"},
                                     {"ريم", "Reem"}},
                                    {{"سامر", "Samer"},
                                     {"طارق", "Tareq"},
                                     {"بلال", "Bilal"},
                                     {"كريم", "Karim"},
                                     {"يونس", "Younes"},
                                     {"فادي", "Fadi"},
                                     {"ماهر", "Maher"},
                                     {"زياد", "Ziad"}},
                                    {{"الدر", "Al-Dar"},
                                     {"الكر", "Al-Kar"},
                                     {"السم", "Al-Sam"},
                                     {"البد", "Al-Bad"},
                                     {"النج", "Al-Naj"},
                                     {"الحل", "Al-Hal"},
                                     {"الرش", "Al-Rash"},
                                     {"الفت", "Al-Fat"}},
                                    {{"ماني", "mani"},
                                     {"واري", "wari"},
                                     {"يدي", "idi"},
                                     {"ازي", "azi"},
                                     {"عوني", "ouni"},
                                     {"بوسي", "bousi"},
                                     {"ناوي", "nawi"},
                                     {"ستاني", "stani"}}};
static const struct names PERSIAN = {{{"مریم", "Maryam"},
                                      {"زهره", "Zohreh"},
                                      {"پروانه", "Parvaneh"},
                                      {"نرگس", "Narges"},
                                      {"شیرین", "Shirin"},
                                      {"لاله", "Laleh"},
                                      {"مینا", "Mina"},
                                      {"فرشته", "Fereshteh"}},
                                     {{"بهرام", "Bahram"},
                                      {"کاوه", "Kaveh"},
                                      {"سیاوش", "Siavash"},
                                      {"نادر", "Nader"},
                                      {"پرویز", "Parviz"},
                                      {"آرش", "Arash"},
                                      {"جمشید", "Jamshid"},
                                      {"فرهاد", "Farhad"}},
                                     {{"گل", "Gol"},
                                      {"مهر", "Mehr"},
                                      {"نیک", "Nik"},
                                      {"پاک", "Pak"},
                                      {"سرو", "Sarv"},
                                      {"کوه", "Kuh"},
                                      {"رود", "Rud"},
                                      {"دشت", "Dasht"}},
                                     {{"پور", "pour"},
                                      {"زاده", "zadeh"},
                                      {"نژاد", "nejad"},
                                      {"یان", "yan"},
                                      {"فر", "far"},
                                      {"بانی", "bani"},
                                      {"وند", "vand"},
                                      {"ستانی", "stani"}}};
static const struct names CYRILLIC = {{{"Оксана", "Oksana"},
                                       {"Дарина", "Daryna"},
                                       {"Марія", "Mariia"},
                                       {"Софія", "Sofiia"},
                                       {"Ганна", "Hanna"},
                                       {"Юлія", "Yuliia"},
                                       {"Ірина", "Iryna"},
                                       {"Олена", "Olena"}},
                                      {{"Тарас", "Taras"},
                                       {"Богдан", "Bohdan"},
                                       {"Остап", "Ostap"},
                                       {"Юрій", "Yurii"},
                                       {"Маркіян", "Markiian"},
                                       {"Левко", "Levko"},
                                       {"Данило", "Danylo"},
                                       {"Роман", "Roman"}},
                                      {{"Верб", "Verb"},
                                       {"Камен", "Kamen"},
                                       {"Дубр", "Dubr"},
                                       {"Сок", "Sok"},
                                       {"Лозов", "Lozov"},
                                       {"Зелен", "Zelen"},
                                       {"Ясен", "Yasen"},
                                       {"Тополь", "Topol"}},
                                      {{"енко", "enko"},
                                       {"ицький", "ytskyi"},
                                       {"чук", "chuk"},
                                       {"івський", "ivskyi"},
                                       {"ак", "ak"},
                                       {"ещук", "eshchuk"},
                                       {"юк", "iuk"},
                                       {"ало", "alo"}}};
static const struct names ETHIOPIC = {{{"ሳራ", "Sara"},
                                       {"ሄለን", "Helen"},
                                       {"ሰላም", "Selam"},
                                       {"ትርሃስ", "Tirhas"},
                                       {"ለምለም", "Lemlem"},
                                       {"ሃና", "Hana"},
                                       {"ራሄል", "Rahel"},
                                       {"ሚሚ", "Mimi"}},
                                      {{"ዳዊት", "Dawit"},
                                       {"ተስፋይ", "Tesfay"},
                                       {"ሃይለ", "Haile"},
                                       {"ዮናስ", "Yonas"},
                                       {"ሳሙኤል", "Samuel"},
                                       {"ኪዳነ", "Kidane"},
                                       {"በረከት", "Bereket"},
                                       {"ገብረ", "Gebre"}},
                                      {{"ወልደ", "Welde"},
                                       {"ገብረ", "Gebre"},
                                       {"ተክለ", "Tekle"},
                                       {"ሃብተ", "Habte"},
                                       {"ዘር", "Zer"},
                                       {"መን", "Men"},
                                       {"አብ", "Ab"},
                                       {"ፍስ", "Fis"}},
                                      {{"ሚካኤል", "mikael"},
                                       {"ማርያም", "mariam"},
                                       {"ሃይማኖት", "haymanot"},
                                       {"ሰላሴ", "selassie"},
                                       {"ጊዮርጊስ", "giorgis"},
                                       {"ኪዳን", "kidan"},
                                       {"ረቢ", "rebi"},
                                       {"ሃነስ", "hannes"}}};
static const struct names LATIN = {
    {{"Aya"}, {"Beatriz"}, {"Fatou"}, {"Hodan"}, {"Marisol"}, {"Ngozi"}, {"Yeva"}, {"Zeynep"}},
    {{"Abdi"}, {"Chidi"}, {"Emre"}, {"Ibrahima"}, {"Joaquín"}, {"Kwame"}, {"Mateo"}, {"Osman"}},
    {{"Dar"}, {"Kol"}, {"Mbe"}, {"Oka"}, {"Ruí"}, {"Tav"}, {"Vel"}, {"Ya"}},
    {{"ango"}, {"ares"}, {"deli"}, {"fofana"}, {"gbo"}, {"moğlu"}, {"mar"}, {"nde"}}};

static const struct origin {
    const struct names *names;
    const char *nationality, *language, *tag;
    int weight;
} ORIGINS[] = {
    {&ARABIC, "SYR", "ara", "ar", 18},  {&ARABIC, "IRQ", "ara", "ar", 6},
    {&ARABIC, "SDN", "ara", "ar", 5},   {&PERSIAN, "AFG", "prs", "fa", 16},
    {&PERSIAN, "IRN", "fas", "fa", 9},  {&CYRILLIC, "UKR", "ukr", "uk", 10},
    {&ETHIOPIC, "ERI", "tir", "en", 8}, {&ETHIOPIC, "ETH", "amh", "en", 4},
    {&LATIN, "VEN", "spa", "en", 7},    {&LATIN, "SOM", "som", "en", 5},
    {&LATIN, "TUR", "tur", "en", 5},    {&LATIN, "GIN", "fra", "fr", 4},
    {&LATIN, "NGA", "eng", "en", 3},
};
enum { ORIGIN_COUNT = sizeof ORIGINS / sizeof *ORIGINS };

static const struct origin *pick_origin(struct dice *d) {
    int all = 0;
    for (int i = 0; i < ORIGIN_COUNT; i++) all += ORIGINS[i].weight;
    int left = dice_range(d, 1, all);
    for (int i = 0; i < ORIGIN_COUNT; i++)
        if ((left -= ORIGINS[i].weight) <= 0) return &ORIGINS[i];
    return &ORIGINS[0];
}

static void give_name(struct person *p, struct dice *d, const struct names *n) {
    const struct written *w = &(p->is_female ? n->female : n->male)[dice_range(d, 0, GIVEN - 1)];
    p->given = text_of(w->own);
    p->given_latin = text_of(w->latin);
}

static void family_name(struct person *p, struct arena *a, struct dice *d, const struct names *n) {
    const struct written *first = &n->first[dice_range(d, 0, SYLLABLES - 1)],
                         *last = &n->last[dice_range(d, 0, SYLLABLES - 1)];
    p->family = TEXT_JOIN(a, text_of(first->own), text_of(last->own));
    if (first->latin) p->family_latin = TEXT_JOIN(a, text_of(first->latin), text_of(last->latin));
}

// One in six does not know the day, one in twelve only the year.
static struct date birth_of(struct dice *d, int age, struct date today) {
    struct date b = date_add_days(today, -(int64_t)age * 365 - dice_range(d, 1, 364));
    if (dice_chance(d, 16)) b.day = 0;
    if (!b.day && dice_chance(d, 50)) b.month = 0;
    return b;
}

struct person person_new(struct arena *a, struct dice *d, struct date today) {
    const struct origin *o = pick_origin(d);
    struct person p = {.nationality = o->nationality,
                       .language = o->language,
                       .tag = o->tag,
                       .is_female = dice_chance(d, 42)};
    int age = dice_chance(d, 4)    ? dice_range(d, 14, 17)
              : dice_chance(d, 75) ? dice_range(d, 18, 38)
                                   : dice_range(d, 39, 81);
    give_name(&p, d, o->names);
    family_name(&p, a, d, o->names);
    p.birth = birth_of(d, age, today);
    return p;
}

static const struct names *names_of(const char *nationality) {
    for (int i = 0; i < ORIGIN_COUNT; i++)
        if (!strcmp(ORIGINS[i].nationality, nationality)) return ORIGINS[i].names;
    return &LATIN;
}

struct person person_relative(struct dice *d, const struct person *of, bool is_child, struct date today) {
    struct person p = *of;
    p.is_female = is_child ? dice_chance(d, 50) : !of->is_female;
    give_name(&p, d, names_of(of->nationality));
    int parent = date_age_years(of->birth, today), oldest = parent - 18 > 16 ? 16 : parent - 18;
    int age = !is_child ? dice_range(d, 19, 50) : oldest > 0 ? dice_range(d, 0, oldest) : 0;
    p.birth = birth_of(d, age, today);
    return p;
}
