// records.c - what a record is: a person of a case.
#include "search/inside.h"

enum status record_there(struct db *db, int64_t record) {
    static const struct sql PERSON = SQL("record_person", "select case_id from person where person_id = :record");
    int64_t case_id;
    return DB_INT(db, &case_id, &PERSON, V_INT(record));
}
