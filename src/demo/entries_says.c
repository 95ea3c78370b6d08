// entries_says.c - what the entries of the demonstration's registers say. A line is a field and its value;
// what is in braces differs from entry to entry (entries.c). A line whose value comes out empty is left out.
#include "demo/entries.h"

#define NAMES                                                                                           \
    "person_no={person}\nfamily_name={family}\ngiven_names={given}\nfamily_name_latin={family_latin}\n" \
    "given_names_latin={given_latin}\nbirth_date={birth}\nsex={sex}\nnationality={nat}\ncase_no={case}\n"
#define GUEST                                                                                       \
    "guests[0].family_name={family}\nguests[0].given_names={given}\nguests[0].birth_date={birth}\n" \
    "guests[0].nationality={nat}\nguests[0].doc_number={doc}\n"
#define PASSPORT "doc_type=P\nissuing_state={nat}\ndoc_number={doc}\n"

const struct entry_plan ENTRY_PLANS[] = {
    {"person", OF_OFFICER, "registration", 16, 0,
     "person_no={person}\nfamily_name={family}\ngiven_names={given}\nfamily_name_latin={family_latin}\n"
     "given_names_latin={given_latin}\ncase_no={case}\nbirth_date={birth}\nbirth_basis={declared|document}"
     "\nbirth_country={nat}\n"
     "sex={sex}\nnationalities[0].nationality={nat}\ncivil_status={single|married|widowed}\n"
     "email={given_mail}@example.org\nchannel={account|post|counter}\n"},
    {"case", OF_KEEPER, "register_keeping", 6, 8,
     "file_no=F {2019|2020|2021}/{n}\nprocedure={residence|visa|asylum}\nauthority=Former aliens office\n"
     "state={final|closed}\n" NAMES "registered_on={-1900}\ndecided_on={-1700}\nfinal_on={-1600}\n"
     "case_outcome={granted|refused}\n"},
    {"idoc", OF_SECOND_LINE, "border_check", 10, 0,
     "doc_type={P|I}\nissuing_state={nat}\nnumber={doc}\nissued_on={-900}\nexpires_on={+1200}\n"
     "mrz_check={right|right|wrong}\n" NAMES "chip_read={passed|no_chip|failed}\n"
     "genuineness={genuine|inconclusive|forged}\npossession={person|person|lost|seized}\n"},
    {"bioenrol", OF_SPECIALIST, "registration", 6, 0,
     "person_no={person}\ncase_no={case}\nenrol_no=ENR-{n}\nbiometric_purpose={eurodac|permit|ees}\nlegal_"
     "basis=2024/1358 Art. 14\n"
     "taken_at={-20T10:15}\nplace=Harbour\nage_years={24|31|47}\nsamples[0].biometric_type=FACE\n"
     "samples[0].quality={81|74|66}\nsamples[1].biometric_type=FP_R2\nsamples[1].quality={77|58|}\n"
     "samples[1].missing_reason={||temporarily}\ntemplate_format=ISO/IEC 39794-4\n"
     "sent_to[0].eu_system={EURODAC|VIS|EES}\nsent_to[0].reply={no_hit|none|no_hit}\n"},
    {"crossing", OF_GUARD, "border_check", 24, 0,
     "crossing_event={entry|exit|entry|refusal}\nat={-1T07:40|-9T16:05|-140T11:30|-75T21:10}\n"
     "crossing_point={BEBRU|BEANR|BEZEE}\nmeans={air|land|sea}\nplate={|PL KR "
     "{n}A|}\nflight_no={SN2904||DFDS 12}\n"
     "traveller_class={visa_holder|visa_exempt|visa_exempt|permit_holder}\n" NAMES PASSPORT
     "permission_no={BEL01234{n}||}\nstay_until={+50||-50|}\ndays_used={10|||}\n"
     "refusal_reason[0]={|||E}\nchecks_done[0]=document\nchecks_done[1]=sis\n"},
    {"alert", OF_SECURITY, "security_check", 6, 5,
     "alert_target={person|person|document}\nalert_type={BAN_NAT|MISSING|DOC_INVALID}\n"
     "alert_action={refuse_entry|protect|seize_document}\nstarts_on={-120}\nexpires_on={+600}\nreview_on={+"
     "20}\n"
     "family_name={{family}|{family}|}\ngiven_names={{given}|{given}|}\n"
     "family_name_latin={{family_latin}|{family_latin}|}\ngiven_names_latin={{given_latin}|{given_latin}|}\n"
     "birth_date={{birth}|{birth}|}\n"
     "sex={{sex}|{sex}|}\nnationality={{nat}|{nat}|}\ndoc_type=P\nissuing_state={nat}\ndoc_number={doc}\n"
     "legal_ground=National Aliens Act Art. 43\nauthority=Security service\nsource_ref=SRC-{n}\n"
     "assessment=The decision of the court is in the file. A lighter measure was considered and does not "
     "suffice.\n"
     "notified_on={-100||}\n"},
    {"alert", OF_SECURITY, "security_check", 3, 5,
     "alert_target=vehicle\nalert_type=WANTED\nalert_action=stop_and_call\nstarts_on={-30}\nexpires_on={+300}"
     "\n"
     "review_on={+60}\nplate=RO B {n} XYZ\nvehicle_model={white van|blue lorry|grey saloon car}\n"
     "legal_ground=National Police Act Art. 12\nauthority=Harbour police\nsource_ref=VEH-{n}\n"
     "assessment=Seen twice where people were dropped at night. Only the vehicle is meant, not its owner.\n"},
    {"visa", OF_KEEPER, "register_keeping", 14, 0,
     "application_no=VA-2026-{n}\nvisa_type={C|C|D}\nentries={1|MULT|2}\nvisa_purpose={tourism|family|study|"
     "business}\n"
     "consulate={Beirut|Kyiv|Tehran|Asmara}\napplied_on={-90}\n" NAMES PASSPORT "has_insurance=true\n"
     "visa_status={issued|issued|refused|applied}\nsticker_no={BEL01234{n}|BEL01234{n}||}\n"
     "valid_from={-60|-60||}\nvalid_until={+30|-5||}\ndays={30|15||}\nvisa_refusal[0]={||2|}\n"
     "decided_on={-70|-70|-65|}\nfee=90\n"},
    {"eta", OF_SPECIALIST, "visa", 8, 2,
     "application_no=ETA-2026-{n}\napplied_on={-25}\n" PASSPORT "host_name={Hotel Lantern|}\n" NAMES
     "eta_status={issued|issued|pending|refused}\ndecided_on={-24|-24||-20}\nvalid_until={+1000|+1000||}\n"
     "eta_refusal[0]={|||no_answer}\ncarrier_answer={OK|OK|NOT_OK|NOT_OK}\n"},
    {"permit", OF_KEEPER, "register_keeping", 14, 1,
     "permit_no=RP-{n}\npermit_reason={work|family|education|other}\npermit_type={seasonal|family_tcn|study|"
     "refugee}\n"
     "permit_step={first|renewal|first|change}\nlength_class={6-11|12|12|12}\nlegal_basis=2024/1233 Art. "
     "6\n" NAMES
     "permit_status={valid|valid|expired|valid}\nvalid_from={-300}\nvalid_until={+60|+400|-10|+700}\n"
     "card_no=BE{n}77\nsponsor_name={|Karim Example||}\nrestrictions[0]={employer|||}\n"
     "employer={Orchard Cooperative|||}\nisco={9211|||}\n",
     "employer=Lantern Care Home\nisco=5321\nchanges={+0} new employer\n"},
    {"workauth", OF_KEEPER, "register_keeping", 6, 4,
     "employer_no=0412.{n}\nemployer={Orchard Cooperative|Harbour Logistics|Lantern Care "
     "Home}\nnace={A01.2|H52.2|Q87}\n" NAMES "isco={9211|9333|5321}\ncontract_type={seasonal|fixed|permanent}"
     "\nwage={1950|2300|2450}\ncurrency=EUR\nhours=38\n"
     "market_test={passed|not_needed}\nwork_status={allowed|declared|refused}\nvalid_from={-40}\nvalid_until="
     "{+200}\n"
     "decided_on={-45}\n"},
    {"asylum", OF_OFFICER, "asylum_examination", 6, 8,
     "file_no=A {2017|2018}/{n}\nasylum_status={final|withdrawn}\nasylum_track=regular\nmade_on={-2900}\n"
     "registered_on={-2895}\nlodged_on={-2890}\n" NAMES "claimed_grounds[0]={opinion|religion|war}\n"
     "nationality_basis=documents\nasylum_decision={refugee|withdrawn_explicit|rejected}\ninstance={first|"
     "first|final}\n"
     "decided_on={-2500}\n"},
    {"dublin", OF_SPECIALIST, "responsibility", 6, 9,
     "dublin_request={TCH|TBK}\ndirection={out|in|out}\npartner_state={DEU|ITA|GRC}\narticle=2024/1351 Art. "
     "29\n"
     "hit_no=EU-{n}\nsent_on={-50}\ndue_on={+10}\ndublin_reply={|accept|tacit}\nreplied_on={|-20|}\n" NAMES
     "evidence_items[0].evidence=Hit in Eurodac\nevidence_items[0].evidence_weight=probative\n"},
    {"detention", OF_SPECIALIST, "detention", 4, 7,
     "order_no=DET-{n}\ndetention_ground={return|border|transfer}\nlegal_basis=2008/115 Art. 15\n"
     "facility={Centre Harbour|Centre Airport}\nstarts_at={-12T09:00}\n" NAMES "review_on={+16}\n"
     "reviews[0].reviewed_on={-5}\nreviews[0].review_outcome=continue\nalternatives_tried[0]=reporting\n"},
    {"return", OF_SPECIALIST, "return", 8, 6,
     "decision_no=RD-{n}\ndecided_on={-60}\nreturn_ground={overstay|refused|illegal_entry}\nlegal_basis=2008/"
     "115 Art. 6\n"
     "voluntary_until={-30}\n" NAMES
     "return_type={AVR|VR|FR}\ndestination={nat}\nflight_no={SN0375||RJ0112}\n"
     "return_result={left|pending|left}\nleft_on={-15||-3}\n"},
    {"stay", OF_KEEPER, "register_keeping", 16, 0,
     "provider_no=HTL-{0042|0107|0311}\nsequence_no=2026-{n}\nstay_kind={hotel|reception|private}\n"
     "street={Quay 12|Station Road 3|Lime Street "
     "40}\npostcode={1000|2000|9000}\ntown={Northport|Harbour|Millbridge}\n"
     "region={BE100|BE211|BE234}\naddress_country=BEL\narrived_on={-6|-40|-100}\nleaves_on={+3||}\n" GUEST},
    {"invite", OF_KEEPER, "register_keeping", 6, 12,
     "inviter_kind={person|organisation}\ninviter_name={Greta Sample|Harbour Logistics}\ninviter_no=7700{n}\n"
     "town=Northport\ninviter_relation={sister|business partner}\n" GUEST
     "period_from={+10}\nperiod_until={+40}\nhousing=With the inviter\nliability=5000\ncurrency=EUR\n"
     "invite_status={registered|used|cancelled}\n"},
    {"offence", OF_SPECIALIST, "offence", 6, 3,
     "offence_act={overstay|no_registration|illegal_work}\nlegal_basis=National Aliens Act Art. "
     "75\ncommitted_on={-45}\n"
     "place={Airport|Northport}\nstatement=I did not know the rule.\n" NAMES
     "offence_decision={fine|warning|closed}\ndecided_on={-30}\nfine={120||}\ncurrency={EUR||}\nlimited_on={+"
     "700}\n"},
    {"citizen", OF_KEEPER, "register_keeping", 6, 10,
     "citizen_mode={naturalisation|option|birth}\neffective_on={-400}\ncertificate_no=CC-{n}\ngazette=2025/"
     "118, page 4\n" NAMES "former_nationalities[0].nationality={nat}\nbirth_country={nat}\noath_on={-395}"
     "\ntests[0].test=Language B1\n"
     "tests[0].test_result=pass\ntests[0].test_on={-600}\n"},
    {"repat", OF_KEEPER, "register_keeping", 4, 11,
     "origin_proof={Birth certificate of the grandmother|School register of 1938}\nis_recognised=true\n"
     "recognised_on={-200}\n" NAMES
     "family_members[0].family_name={family}\nfamily_members[0].relation=child\n"
     "aids[0].aid_type={housing|language}\naids[0].amount={2400|900}\naids[0].currency=EUR\narrived_on={-150}"
     "\n"},
    {"famlink", OF_SPECIALIST, "family_tracing", 6, 0,
     "person_no={person}\ncase_no={case}\nfamily_name={family}\ngiven_names={given}\nrelation={sibling|"
     "parent|child}\n"
     "other_person_no={next_person}\nother_family_name={next_family}\nother_given_names={next_given}\n"
     "other_country={DEU|SWE|}\nlink_status={asserted|documented|verified}\nevidence[0]={statement|document|"
     "dna}\n"
     "consents_to_contact={|true|true}\n"},
    {"rep", OF_KEEPER, "register_keeping", 6, 0,
     "bar_no=BXL-{n}\nrep_kind={lawyer|guardian|counsellor}\nfamily_name={Advocate|Warden|Counsel|Pleader|"
     "Mandate|Proctor}\n"
     "given_names={Jo|Kim|Sam|Max|Lou|Pat}\norganisation={|Guardians' Service|Legal Aid "
     "Office}\nemail=rep{n}@example.org\n"
     "languages[0].language={fra|ara|ukr}\nstarts_on={-200}\nends_on={+160}\nconflict_check=none\n"
     "assurance=substantial\nload_count={7|19|12}\n"},
    {"interp", OF_KEEPER, "register_keeping", 8, 0,
     "interpreter_no=INT-{n}\nfamily_name={Voice|Bridge|Tongue|Echo|Murmur|Whisper|Phrase|Idiom}\ngiven_"
     "names={Nour|Dara|Lev|Sena}\nsex={2|1}\n"
     "languages[0].language={ara|prs|ukr|tir}\nlanguages[0].level=native\nlanguages[1].language=eng\n"
     "languages[1].level={C1|B2}\nis_sworn={true|}\navailability={Monday to Thursday from 9 to 15|Weekends}\n"
     "by_video={|true}\nconfidentiality_on={-500}\nconflict_countries[0].nationality={|IRN|}\nrating={4|5|3}"
     "\npay=48\n"},
    {"coi", OF_OFFICER, "asylum_examination", 6, 0,
     "title={Security in the provinces|Documents and civil registry|Women and the "
     "law}\ncoi_country={SYR|AFG|ERI}\n"
     "topics[0]={security|documents|gender}\ncoi_type={report|expert}\nsource={Country desk|Embassy report}\n"
     "language=eng\npublished_on={-90}\nvalid_until={+275}\nsummary=Short summary for officers. "
     "Synthetic.\n"},
    {"specimen", OF_KEEPER, "register_keeping", 6, 0,
     "issuing_state={SYR|AFG|UKR|ERI|IRN|GEO}\ndoc_type=P\nmodel={2010|2013 N|2015 "
     "biometric}\nissued_from=2015\n"
     "classification=PER\nsource=Own collection\nsecurity_features[0]=watermark\nsecurity_features[1]=uv\n"
     "mrz_rules=TD3\nhas_chip={||true}\n"},
    {"verif", OF_SECOND_LINE, "border_check", 12, 0,
     "doc_hash={hash}\nchecked_at={-2T08:20|-31T14:00|-77T19:45}\nregion={BE100|BE211}\norganisation=Border "
     "police\n"
     "checks_done[0]=document\nchecks_done[1]=mrz\ngenuineness={genuine|genuine|forged}\nanomalies[0]={||"
     "photo}\n"
     "doc_expires_on={+800}\n"},
    {"audit", OF_DPO, "data_protection", 3, 0,
     "audit_subject={Readings of unit North|Rights of access|Refusals of the first quarter}\n"
     "audit_kind={reads|access|decisions}\nauditor=Internal audit\nperiod_from={-120}\nperiod_until={-30}\n"
     "findings=Twelve readings had a weak reason.\nmeasures=Reminder sent to the "
     "unit.\nclosed_on={-10|-5|}\n"},
    {"dsr", OF_DPO, "data_protection", 6, 0,
     "dsr_type[0]={access|rectify|erase}\nreceived_on={-25}\ndue_on={+6}\nreceived_by={counter|post}\n" NAMES
     "identity_checked=true\ndsr_outcome={granted||refused}\nanswered_on={-4||-2}\nrefusal_ground={||The law "
     "wants it kept.}\n"},
    {"breach", OF_DPO, "data_protection", 2, 0,
     "breach_title={Letter sent to a wrong address|Laptop lost on a "
     "train}\nbreach_kind[0]={confidentiality|availability}\n"
     "detected_at={-60T09:30|-20T18:00}\nnotify_until={-57T09:30|-17T18:00}\nnotified_at={-59T12:00|-18T10:"
     "00}\n"
     "affected_count={1|40}\nrisk={low|none}\nmeasures=The disk was encrypted; the process was changed.\n"},
    {"ropa", OF_DPO, "data_protection", 3, 0,
     "activity={Asylum procedure|Registers of stay|Border checks}\ncontroller=Authority for Migration\n"
     "purposes=To decide, to protect, to keep lawful stay in order.\nlegal_basis=2016/679 Art. 6(1)(e)\n"
     "subject_categories=Applicants, family members\ndata_categories=Identity, contact, reasons, documents\n"
     "recipients=Courts, Eurodac\ntransfers=none\nretention_rule=See the rule of each "
     "register\nreview_on={+120}\n"},
    {"dpia", OF_DPO, "data_protection", 2, 0,
     "activity={Single search|Chip reading at the counter}\nassessed_on={-200}\ndescription=What is "
     "processed and how.\n"
     "necessity=No lighter way gives the answer in time.\nrisks=A false hit harms a "
     "person.\nrisk={high|low}\n"
     "measures=Hit or no hit first, two people look, memory of cleared pairs.\ndpia_result={conditions|go}\n"
     "review_on={+165}\n"},
    {"ai_system", OF_DPO, "data_protection", 2, 0,
     "system_name={Letter translation|Reading of scans}\nprovider={Own model|Open "
     "source}\nsystem_version={2.1|5.3}\n"
     "ai_purpose={Draft translations of letters|Text from scans for a person to check}\nai_class=not_high\n"
     "oversight=Head of quality\nis_on=true\nreview_on={+90}\n"},
    {"ai_use", OF_OFFICER, "asylum_examination", 4, 0,
     "system_ref={Letter translation|Reading of "
     "scans}\nused_at={-3T10:00|-2T15:20}\nsystem_version={2.1|5.3}\n"
     "input_hash={hash}\noutput={Draft of a letter|Machine readable "
     "zone}\nconfidence={0.83|0.41}\nfollow={followed|overridden}\n"
     "override_reason={|Two letters were misread.}\nnotice_given=true\n"},
    {"exchange", OF_DPO, "data_protection", 4, 0,
     "partner={Eurodac central system|Court of Northport|Labour inspectorate|Embassy of a third country}\n"
     "partner_country={||BEL|GEO}\ndata_exchanged=Names, dates, numbers of decisions\nexchange_purpose=Tasks "
     "set by law\n"
     "legal_basis=2016/679 Art. "
     "6(1)(e)\nadequacy={member|member|member|derogation}\ndirection={out|in|out|out}\n"
     "starts_on={-700}\n"},
};
const size_t ENTRY_PLAN_COUNT = sizeof ENTRY_PLANS / sizeof *ENTRY_PLANS;
