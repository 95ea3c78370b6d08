// pages.h - the page families, one line each. The program serves WEB_PAGES; each is a file in pages/.
#pragma once
#include "web/http.h"

extern const struct page_module START_PAGES;
extern const struct page_module HEALTH_PAGES;
extern const struct page_module PUBLIC_PAGES;
extern const struct page_module RIGHTS_PAGES;
extern const struct page_module TEAM_PAGES;
extern const struct page_module OPERATE_PAGES;
extern const struct page_module INCIDENT_PAGES;
extern const struct page_module MIGRATE_PAGES;
extern const struct page_module RULES_PAGES;
extern const struct page_module RULES_RESULT_PAGES;
extern const struct page_module TRY_PAGES;
extern const struct page_module TRY_BEGIN_PAGES;
extern const struct page_module TRY_ACT_PAGES;
extern const struct page_module TRY_ANSWER_PAGES;
extern const struct page_module THROUGHPUT_PAGES;
extern const struct page_module POLICY_PAGES;
extern const struct page_module POLICY_DRAFT_PAGES;
extern const struct page_module POLICY_FILE_PAGES;
extern const struct page_module POLICY_RELEASE_PAGES;
extern const struct page_module TRY_DIAGRAM_PAGES;
extern const struct page_module TRY_GO_PAGES;
extern const struct page_module TRY_LETTER_PAGES;
extern const struct page_module DEMO_PAGES;
extern const struct page_module ACCOUNT_PAGES;
extern const struct page_module ACCOUNT_CONFIRM_PAGES;
extern const struct page_module ACCOUNT_FACTOR_PAGES;
extern const struct page_module ACCOUNT_SIGN_IN_PAGES;
extern const struct page_module ACCOUNT_SIGN_UP_PAGES;
extern const struct page_module APPLY_PAGES;
extern const struct page_module APPLY_SECTION_PAGES;
extern const struct page_module UPLOAD_PAGES;
extern const struct page_module OPEN_PAGES;
extern const struct page_module WORK_PAGES;
extern const struct page_module SEARCH_WINDOW_PAGES;
extern const struct page_module SEARCH_SAME_PAGES;
extern const struct page_module WORK_ACTION_PAGES;
extern const struct page_module CASE_REASON_PAGES;
extern const struct page_module CASE_OVERVIEW_PAGES;
extern const struct page_module CASE_STORY_PAGES;
extern const struct page_module CASE_TASK_PAGES;
extern const struct page_module CASE_PERSONS_PAGES;
extern const struct page_module CASE_DOCUMENT_PAGES;
extern const struct page_module CASE_LETTER_PAGES;
extern const struct page_module CASE_RULE_PAGES;
extern const struct page_module CASE_PROCESS_PAGES;
extern const struct page_module CASE_DO_PAGES;
extern const struct page_module HOME_PAGES;
extern const struct page_module HOME_TASK_PAGES;
extern const struct page_module HOME_TALK_PAGES;
extern const struct page_module HOME_LETTER_PAGES;
extern const struct page_module HOME_DECISION_PAGES;
extern const struct page_module HOME_DATA_PAGES;
extern const struct page_module HOME_RIGHT_PAGES;
extern const struct page_module HOME_TIMELINE_PAGES;
extern const struct page_module REGISTERS_PAGES;
extern const struct page_module REGISTER_LIST_PAGES;
extern const struct page_module REGISTER_ENTRY_PAGES;
extern const struct page_module REGISTER_ACT_PAGES;
extern const struct page_module REGISTER_FAULT_PAGES;
extern const struct page_module HOME_REGISTER_PAGES;

// Ends with NULL; for web_config.modules.
extern const struct page_module *const WEB_PAGES[];
