/*
 * Dated changes of a rule file (design 4.3): a patched copy of the tree, the original untouched.
 */
#ifndef NOL_AMEND_H
#define NOL_AMEND_H

#include "rule.h"

/**
 * amend_apply(context, root, set):
 * The tree ${root} with the one change ${set} (a scope with path, was and value).  Unchanged parts
 * are shared. Adds a fault and returns ${root} when the path cannot be amended or `was` is not what
 * stands.
 */
const struct yaml_node *amend_apply(struct rule_context *context, const struct yaml_node *root,
                                    const struct rule_scope *set);

/** amend_find(root, path): what stands at ${path} of the tree, NULL: nothing. */
const struct yaml_node *amend_find(const struct yaml_node *root, struct text path);

/**
 * amend_is_same(context, path, a, b):
 * Whether the two nodes mean the same value at the amendment path ${path}, however they are
 * written; NULL is `absent`.
 */
bool amend_is_same(struct rule_context *context, struct text path, const struct yaml_node *a,
                   const struct yaml_node *b);

/** amend_node(node): the node, NULL where it says `absent`. */
const struct yaml_node *amend_node(const struct yaml_node *node);

#endif
