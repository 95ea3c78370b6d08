// fields.h - registers that the border reads and writes, and paths of their fields. Packs may say more in
// them.
#pragma once

#define BORDER_PURPOSE T("border_check")
#define BORDER_CROSSING T("crossing")
#define BORDER_ALERT T("alert")
#define BORDER_VISA T("visa")
#define BORDER_PERMIT T("permit")
#define BORDER_DOCUMENT T("idoc")
