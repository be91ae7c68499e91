#include "explain_grant.h"

void explain_grant(struct explanation *e, const struct run_options *options,
                   const struct work *work)
{
    (void)e;
    (void)options;
    (void)work;
}
