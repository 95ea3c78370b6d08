// api.h - the door for programs: every command and query as JSON over HTTP, described in OpenAPI 3.1.
//
// The routes, what they read and write, their limits and their documentation come from the tables in
// operations.c, commands.c and shapes.c. Who asks is said by a token for one purpose (access/client.h).
#pragma once
#include "web/app.h"

extern const struct migrations API_MIGRATIONS;

// The pages with the routes of the API behind them, for web_config.modules.
const struct page_module *const *api_modules(const struct page_module *const *pages, struct arena *a);
// Templates of /api, for web_config.templates.
const struct template_source *api_templates(struct arena *a);
// For web_config.tell_trouble: problems as RFC 9457 below /api/.
bool api_tell_trouble(struct request *q, struct response *r);

// The description, as served at /api/openapi.json and kept in src/api/openapi.json.
struct text api_description(struct arena *a);

// Forgets answers that are older than a day. The server calls it every few minutes.
enum status api_sweep(struct store *s, struct moment now);
