/*
 * The rule language as a JSON Schema (draft 7), from the table rule_keys.def: editors complete and
 * underline by it.
 *
 * A file that nol takes fits the schema.  The reverse does not hold: what needs more than one key
 * at a time is for nol check.  A reader of YAML may make a number or a truth value of a scalar, so
 * that each is taken as a string, number, integer or boolean.
 */
#ifndef NOL_RULE_SCHEMA_H
#define NOL_RULE_SCHEMA_H

#include "buffer.h"
#include "rule.h"

/** rule_schema_put(buffer): put the schema, one for all formats of files that the table has. */
void rule_schema_put(struct buffer *buffer);

#endif
