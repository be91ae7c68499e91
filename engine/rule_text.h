/*
 * Rule values as text: canonical, one way to write each, whatever way the file writes it.
 */
#ifndef NOL_RULE_TEXT_H
#define NOL_RULE_TEXT_H

#include "buffer.h"
#include "rule.h"

/**
 * rule_text_put(out, arena, key, value, decimals, trims):
 * Put the value of ${key}, nothing where only its entries have text; amounts are of a currency with
 * ${decimals} decimals.  ${trims}: nobody knows how many it has: amounts without needless zeros.
 * ${arena} is scratch.
 */
void rule_text_put(struct buffer *out, struct arena *arena, enum rule_key key,
                   const struct rule_value *value, unsigned decimals, bool trims);

/** rule_text_put_fraction(out, arena, fraction): the same of a share: `12.5%`, else `1/3`. */
void rule_text_put_fraction(struct buffer *out, struct arena *arena, struct fraction fraction);

/** rule_text_is_inner(key, value): whether the value is a map or list whose entries have texts. */
bool rule_text_is_inner(enum rule_key key, const struct rule_value *value);

#endif
