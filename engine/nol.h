/*
 * All of the engine that the command line may include.
 */
#ifndef NOL_H
#define NOL_H

#include "compare.h"
#include "crew.h"
#include "event.h"
#include "explain.h"
#include "explain_group.h"
#include "forecast.h"
#include "grant_position.h"
#include "load.h"
#include "load_rules.h"
#include "load_tests.h"
#include "manifest.h"
#include "merge.h"
#include "plan.h"
#include "reform.h"
#include "report.h"
#include "resolve.h"
#include "rule.h"
#include "rule_check.h"
#include "rule_condition.h"
#include "rule_coverage.h"
#include "rule_schema.h"
#include "rule_strict.h"
#include "rule_test_run.h"
#include "run.h"
#include "sweep.h"
#include "yaml_file.h"

#endif
