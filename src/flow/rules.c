// rules.c - every rule that a model can break: its name, the section of the standard, the message.
#include "base/xml.h"
#include "flow/model.h"

static const struct {
    const char *name, *section, *text_key;
    enum status status;
} RULES[RULE_COUNT] = {
    [RULE_ROOT] = {"flow_root", "8.2.1", "problem.flow.root", STATUS_INVALID},
    [RULE_NAMESPACE] = {"flow_namespace", "8.2.1", "problem.flow.namespace", STATUS_INVALID},
    [RULE_PROCESS_UNKNOWN] = {"flow_process_unknown", "10", "problem.flow.process_unknown", STATUS_INVALID},
    [RULE_PROCESS_EMPTY] = {"flow_process_empty", "10", "problem.flow.process_empty", STATUS_INVALID},
    [RULE_TOO_MANY] = {"flow_too_many", "", "problem.flow.too_many", STATUS_TOO_LARGE},
    [RULE_TOO_DEEP] = {"flow_too_deep", "", "problem.flow.too_deep", STATUS_TOO_LARGE},
    [RULE_ID_MISSING] = {"flow_id_missing", "8.2.1", "problem.flow.id_missing", STATUS_INVALID},
    [RULE_ID_DUPLICATE] = {"flow_id_duplicate", "8.2.1", "problem.flow.id_duplicate", STATUS_INVALID},
    [RULE_REFERENCE_UNKNOWN] = {"flow_reference_unknown", "8.2.1", "problem.flow.reference_unknown",
                                STATUS_INVALID},
    [RULE_REFERENCE_KIND] = {"flow_reference_kind", "8.2.1", "problem.flow.reference_kind", STATUS_INVALID},
    [RULE_VALUE] = {"flow_value", "8.2.1", "problem.flow.value", STATUS_INVALID},
    [RULE_ATTRIBUTE_MISSING] = {"flow_attribute_missing", "8.2.1", "problem.flow.attribute_missing",
                                STATUS_INVALID},
    [RULE_ELEMENT_UNSUPPORTED] = {"flow_element_unsupported", "", "problem.flow.element_unsupported",
                                  STATUS_UNSUPPORTED},
    [RULE_ELEMENT_UNKNOWN] = {"flow_element_unknown", "8.2.1", "problem.flow.element_unknown",
                              STATUS_INVALID},
    [RULE_EVENT_UNSUPPORTED] = {"flow_event_unsupported", "10.4.5", "problem.flow.event_unsupported",
                                STATUS_UNSUPPORTED},
    [RULE_EXTENSION_UNSUPPORTED] = {"flow_extension_unsupported", "", "problem.flow.extension_unsupported",
                                    STATUS_UNSUPPORTED},
    [RULE_ESCALATION_MISSING] = {"flow_escalation_missing", "10.4.5", "problem.flow.escalation_missing",
                                 STATUS_INVALID},
    [RULE_CODE_MISSING] = {"flow_code_missing", "10.4.5", "problem.flow.code_missing", STATUS_INVALID},
    [RULE_EVENT_CONDITION] = {"flow_event_condition", "10.4.5", "problem.flow.event_condition",
                              STATUS_INVALID},
    [RULE_COMPENSATION_HANDLER] = {"flow_compensation_handler", "10.6.1", "problem.flow.compensation_handler",
                                   STATUS_INVALID},
    [RULE_COMPENSATION_FLOW] = {"flow_compensation_flow", "10.6.1", "problem.flow.compensation_flow",
                                STATUS_INVALID},
    [RULE_COMPENSATION_ACTIVITY] = {"flow_compensation_activity", "10.4.5",
                                    "problem.flow.compensation_activity", STATUS_INVALID},
    [RULE_CANCEL_PLACE] = {"flow_cancel_place", "10.4.3", "problem.flow.cancel_place", STATUS_INVALID},
    [RULE_AD_HOC_EVENT] = {"flow_ad_hoc_event", "10.2.5", "problem.flow.ad_hoc_event", STATUS_INVALID},
    [RULE_AD_HOC_EMPTY] = {"flow_ad_hoc_empty", "10.2.5", "problem.flow.ad_hoc_empty", STATUS_INVALID},
    [RULE_INSTANTIATE] = {"flow_instantiate", "10.5.6", "problem.flow.instantiate", STATUS_INVALID},
    [RULE_EXPRESSION_INFORMAL] = {"flow_expression_informal", "8.3.6", "problem.flow.expression_informal",
                                  STATUS_INVALID},
    [RULE_EXPRESSION_BOOLEAN] = {"flow_expression_boolean", "8.3.6", "problem.flow.expression_boolean",
                                 STATUS_INVALID},
    [RULE_OPERATION_MISSING] = {"flow_operation_missing", "10.4.5", "problem.flow.operation_missing",
                                STATUS_INVALID},
    [RULE_OPERATION_DATA] = {"flow_operation_data", "10.2.3", "problem.flow.operation_data", STATUS_INVALID},
    [RULE_RESOURCE_BINDING] = {"flow_resource_binding", "10.2.1", "problem.flow.resource_binding",
                               STATUS_INVALID},
    [RULE_CALLED_DATA] = {"flow_called_data", "10.2.6", "problem.flow.called_data", STATUS_INVALID},
    [RULE_COLLECTION] = {"flow_collection", "10.3.1", "problem.flow.collection", STATUS_INVALID},
    [RULE_DATA_SET] = {"flow_data_set", "10.3.1", "problem.flow.data_set", STATUS_INVALID},
    [RULE_DATA_ASSOCIATION] = {"flow_data_association", "10.3.1", "problem.flow.data_association",
                               STATUS_INVALID},
    [RULE_DATA_STATE] = {"flow_data_state", "10.3.1", "problem.flow.data_state", STATUS_INVALID},
    [RULE_DATA_ITEM] = {"flow_data_item", "10.2.8", "problem.flow.data_item", STATUS_INVALID},
    [RULE_SUB_DATA] = {"flow_sub_data", "10.3.1", "problem.flow.sub_data", STATUS_INVALID},
    [RULE_EVENT_DATA] = {"flow_event_data", "10.4.1", "problem.flow.event_data", STATUS_INVALID},
    [RULE_ELEMENT_PLACE] = {"flow_element_place", "8.2.1", "problem.flow.element_place", STATUS_INVALID},
    [RULE_FLOW_END_MISSING] = {"flow_end_missing", "8.3.13", "problem.flow.end_missing", STATUS_INVALID},
    [RULE_FLOW_CROSSES] = {"flow_crosses", "7.5.1", "problem.flow.crosses", STATUS_INVALID},
    [RULE_FLOW_TO_START] = {"flow_to_start", "10.4.2", "problem.flow.to_start", STATUS_INVALID},
    [RULE_FLOW_FROM_END] = {"flow_from_end", "10.4.3", "problem.flow.from_end", STATUS_INVALID},
    [RULE_FLOW_TO_BOUNDARY] = {"flow_to_boundary", "10.4.4", "problem.flow.to_boundary", STATUS_INVALID},
    [RULE_FLOW_AT_EVENT_SUB] = {"flow_at_event_sub", "10.2.5", "problem.flow.at_event_sub", STATUS_INVALID},
    [RULE_NO_INCOMING] = {"flow_no_incoming", "10.4.2", "problem.flow.no_incoming", STATUS_INVALID},
    [RULE_NO_OUTGOING] = {"flow_no_outgoing", "10.4.3", "problem.flow.no_outgoing", STATUS_INVALID},
    [RULE_CONDITION_EMPTY] = {"flow_condition_empty", "8.3.13", "problem.flow.condition_empty",
                              STATUS_INVALID},
    [RULE_CONDITION_SOURCE] = {"flow_condition_source", "8.3.13", "problem.flow.condition_source",
                               STATUS_INVALID},
    [RULE_CONDITION_ALONE] = {"flow_condition_alone", "8.3.13", "problem.flow.condition_alone",
                              STATUS_INVALID},
    [RULE_CONDITION_MISSING] = {"flow_condition_missing", "10.5.2", "problem.flow.condition_missing",
                                STATUS_INVALID},
    [RULE_DEFAULT_UNKNOWN] = {"flow_default_unknown", "8.3.13", "problem.flow.default_unknown",
                              STATUS_INVALID},
    [RULE_DEFAULT_CONDITION] = {"flow_default_condition", "8.3.13", "problem.flow.default_condition",
                                STATUS_INVALID},
    [RULE_DEFAULT_SOURCE] = {"flow_default_source", "8.3.13", "problem.flow.default_source", STATUS_INVALID},
    [RULE_START_AMBIGUOUS] = {"flow_start_ambiguous", "10.4.2", "problem.flow.start_ambiguous",
                              STATUS_INVALID},
    [RULE_START_TRIGGER] = {"flow_start_trigger", "10.4.2", "problem.flow.start_trigger", STATUS_INVALID},
    [RULE_SUB_START] = {"flow_sub_start", "10.2.5", "problem.flow.sub_start", STATUS_INVALID},
    [RULE_EVENT_SUB_START] = {"flow_event_sub_start", "10.2.5", "problem.flow.event_sub_start",
                              STATUS_INVALID},
    [RULE_NOT_INTERRUPTING] = {"flow_not_interrupting", "10.4.4", "problem.flow.not_interrupting",
                               STATUS_INVALID},
    [RULE_EVENT_DEFINITION] = {"flow_event_definition", "10.4.4", "problem.flow.event_definition",
                               STATUS_INVALID},
    [RULE_EVENT_NO_DEFINITION] = {"flow_event_no_definition", "10.4.4", "problem.flow.event_no_definition",
                                  STATUS_INVALID},
    [RULE_MESSAGE_MISSING] = {"flow_message_missing", "10.4.5", "problem.flow.message_missing",
                              STATUS_INVALID},
    [RULE_SIGNAL_MISSING] = {"flow_signal_missing", "10.4.5", "problem.flow.signal_missing", STATUS_INVALID},
    [RULE_ERROR_MISSING] = {"flow_error_missing", "10.4.5", "problem.flow.error_missing", STATUS_INVALID},
    [RULE_TIMER_ONE] = {"flow_timer_one", "10.4.5", "problem.flow.timer_one", STATUS_INVALID},
    [RULE_TIMER_FORMAT] = {"flow_timer_format", "10.4.5", "problem.flow.timer_format", STATUS_INVALID},
    [RULE_LINK_NAME] = {"flow_link_name", "10.4.5", "problem.flow.link_name", STATUS_INVALID},
    [RULE_LINK_TARGET] = {"flow_link_target", "10.4.5", "problem.flow.link_target", STATUS_INVALID},
    [RULE_BOUNDARY_HOST] = {"flow_boundary_host", "10.4.4", "problem.flow.boundary_host", STATUS_INVALID},
    [RULE_GATEWAY_DIRECTION] = {"flow_gateway_direction", "10.5.1", "problem.flow.gateway_direction",
                                STATUS_INVALID},
    [RULE_EVENT_GATEWAY_TARGET] = {"flow_event_gateway_target", "10.5.6", "problem.flow.event_gateway_target",
                                   STATUS_INVALID},
    [RULE_EVENT_GATEWAY_MIX] = {"flow_event_gateway_mix", "10.5.6", "problem.flow.event_gateway_mix",
                                STATUS_INVALID},
    [RULE_EVENT_GATEWAY_FEW] = {"flow_event_gateway_few", "10.5.6", "problem.flow.event_gateway_few",
                                STATUS_INVALID},
    [RULE_EVENT_GATEWAY_IN] = {"flow_event_gateway_in", "10.5.6", "problem.flow.event_gateway_in",
                               STATUS_INVALID},
    [RULE_START_WITHOUT_END] = {"flow_start_without_end", "10.4.3", "problem.flow.start_without_end",
                                STATUS_INVALID},
    [RULE_END_WITHOUT_START] = {"flow_end_without_start", "10.4.2", "problem.flow.end_without_start",
                                STATUS_INVALID},
    [RULE_FLOW_LISTED] = {"flow_listed", "8.3.13", "problem.flow.listed", STATUS_INVALID},
    [RULE_MESSAGE_FLOW_POOL] = {"flow_message_flow_pool", "9.3", "problem.flow.message_flow_pool",
                                STATUS_INVALID},
    [RULE_MESSAGE_FLOW_END] = {"flow_message_flow_end", "9.3", "problem.flow.message_flow_end",
                               STATUS_INVALID},
    [RULE_PUBLIC_EXECUTABLE] = {"flow_public_executable", "10.1", "problem.flow.public_executable",
                                STATUS_INVALID},
    [RULE_LOOP_TWO] = {"flow_loop_two", "10.2.8", "problem.flow.loop_two", STATUS_INVALID},
    [RULE_LOOP_COUNT] = {"flow_loop_count", "10.2.8", "problem.flow.loop_count", STATUS_INVALID},
    [RULE_CALLED_MISSING] = {"flow_called_missing", "10.2.6", "problem.flow.called_missing", STATUS_INVALID},
    [RULE_EXPRESSION_EMPTY] = {"flow_expression_empty", "8.3.6", "problem.flow.expression_empty",
                               STATUS_INVALID},
};

enum status refuse(struct reader *r, enum rule rule, struct text element, int64_t line, struct text detail) {
    struct problem *p = r->problem;
    (void)problem(p, text_c(r->arena, element), RULES[rule].name, RULES[rule].text_key);
    problem_arg(p, "element", text_copy(r->arena, element));
    problem_arg(p, "section", text_of(RULES[rule].section));
    problem_arg(p, "detail", text_copy(r->arena, text_slice(detail, 0, 200)));
    if (p) p->line = line;
    return RULES[rule].status;
}

enum status refuse_xml(struct reader *r, enum rule rule, const xmlNode *at, struct text detail) {
    return refuse(r, rule, xml_id(r, at), xmlGetLineNo((xmlNode *)at), detail);
}

enum status refuse_later(struct reader *r, enum rule rule, const xmlNode *at, struct text detail) {
    struct problem *now = r->problem;
    if (r->later || !r->executable) return STATUS_OK; // a drawing for people may leave it open
    r->problem = &r->later_why;
    r->later = refuse_xml(r, rule, at, detail);
    r->problem = now;
    return STATUS_OK;
}

enum status refuse_node(struct reader *r, enum rule rule, int node, struct text detail) {
    const struct node *n = node_at(r->model, node);
    return refuse(r, rule, n->e.id, n->line, detail);
}

struct text xml_id(struct reader *r, const xmlNode *x) {
    struct text id = xml_attribute(r->arena, x, NULL, "id");
    if (id.n) return id;
    return text_printf(r->arena, "%s (line %ld)", (const char *)x->name, xmlGetLineNo((xmlNode *)x));
}
