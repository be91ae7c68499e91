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

#endif
