#include <malloc.h>
#include <stdarg.h>
#include <unistd.h>

#include "cli.h"

int cli_usage(const char *format, ...)
{
    va_list arguments;
    fputs("nol: ", stderr);
    va_start(arguments, format);
    (void)vfprintf(stderr, format, arguments);
    va_end(arguments);
    fprintf(stderr, " [%s]\n", fault_slug(FAULT_USAGE));
    return EXIT_USAGE;
}

static void print_fault(const struct fault *fault)
{
    fputs("nol: ", stderr);
    if (fault->at.file != NULL)
        fprintf(stderr, "%s:", fault->at.file->path);
    if (fault->at.file != NULL && fault->at.line > 0)
        fprintf(stderr, "%u:%u:", fault->at.line, fault->at.col);
    fprintf(stderr, "%s%s [%s]\n", fault->at.file != NULL ? " " : "", fault->text,
            fault_slug(fault->code));
}

static void print_rest(const struct faults *faults)
{
    uint64_t left[FAULT_CODES];
    memcpy(left, faults->by_code, sizeof left);
    for (unsigned i = 0; i < faults->count; i++)
        left[faults->listed[i].code]--;
    for (unsigned code = 0; code < FAULT_CODES; code++)
        if (left[code] > 0)
            fprintf(stderr, "nol: and %llu more: %s [%s]\n", (unsigned long long)left[code],
                    fault_meaning((enum fault_code)code), fault_slug((enum fault_code)code));
}

int cli_report(struct faults *faults)
{
    int status = EXIT_DONE;
    faults_sort(faults);
    for (unsigned i = 0; i < faults->count; i++)
        print_fault(&faults->listed[i]);
    print_rest(faults);
    for (unsigned code = 1; code < FAULT_CODES; code++)
        if (faults->by_code[code] > 0 && (int)fault_class_of((enum fault_code)code) > status)
            status = (int)fault_class_of((enum fault_code)code);
    return status;
}

static void end_without_memory(void *out)
{
    static const char message[] = "nol: out of memory [memory]\n";
    if (out != NULL)
        out_dir_unlink(out);
    if (write(STDERR_FILENO, message, sizeof message - 1) < 0)
        _exit(EXIT_ENVIRONMENT);
    _exit(EXIT_ENVIRONMENT);
}

/* GMP asks for memory without saying for whom: the process's own policy, set before any thread
 * runs. */
static struct memory process_memory;

static void *gmp_allocate(size_t size)
{
    return memory_resize(&process_memory, NULL, size);
}

static void *gmp_reallocate(void *block, size_t old_size, size_t size)
{
    (void)old_size;
    return memory_resize(&process_memory, block, size);
}

const struct memory *cli_memory(struct memory *memory, struct out_dir *out)
{
    /* Large blocks go back to the system at once: left alone, the C library learns to keep them,
     * and --memory would not hold. */
    (void)mallopt(M_MMAP_THRESHOLD, 256 * 1024);
    (void)mallopt(M_TRIM_THRESHOLD, 1024 * 1024);
    *memory = (struct memory){end_without_memory, out};
    process_memory = *memory;
    mp_set_memory_functions(gmp_allocate, gmp_reallocate, NULL);
    return memory;
}
