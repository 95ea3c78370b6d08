// picture.h - a process of a pack as a picture on a page, with names in the reader's language.
#pragma once
#include "flow/picture.h"
#include "web/app.h"

// The pack's text of that key ("flow.asylum.check_completeness"), else the name as drawn, else the element's
// id.
struct text picture_name(struct request *q, struct text key, struct text drawn, struct text element);
// The name of a process: its text "flow.PROCESS", else its name in the model, else its id.
struct text picture_process_name(struct request *q, const struct pack *pack, struct text process);
// Has the file anything to draw?
bool picture_is_drawn(struct text bpmn);
// Answers with the picture (SVG), marks on it. It is shown inside pages and by itself; nothing in it can run.
enum status picture_show(struct request *q, struct response *r, const struct pack *pack, struct text process,
                         struct text bpmn, const struct flow_mark *marks, size_t count);
