/* SPDX-License-Identifier: Apache-2.0 */
/* The program: subcommands, messages and progress on the terminal; nothing else. */
#include "domains/systems_file.h"
#include "monreduce_describe.h"
#include "monreduce_exit_test.h"
#include "monreduce_output.h"
#include "monreduce_state.h"
#include "monreduce_signals.h"
#include "pipeline/pipeline.h"
#include "writers/writer.h"

#include <ctype.h>
#include <errno.h>
#include <getopt.h>
#include <inttypes.h>
#include <sched.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#define CODE_USAGE 16
#define SHOWN_EACH 10 /* messages of one kind that are shown unless -v is given */
#define TABLES_MAX 512
#define EXITS_MAX 64
#define THREADS_MAX 64

static const char main_help[] =
    "monreduce - reduce z/VM CP monitor data (MONWRITE files) to analysis tables\n"
    "\n"
    "usage: monreduce COMMAND [OPTION]... FILE...\n"
    "\n"
    "commands:\n"
    "  reduce     make tables from monitor files\n"
    "  census     show what is in monitor files\n"
    "  describe   the data dictionary: tables, columns, records, fields\n"
    "  exit-test  show what a user exit does with each row\n"
    "\n"
    "monreduce COMMAND --help tells more of each; --version shows the version.\n"
    "\n"
    "FILE is a MONWRITE file, its variable-record form, bare monitor records or a monreader\n"
    "capture, told by content; gzip is seen through; - is standard input.\n"
    "\n"
    "return codes: 0 all reduced, 4 with warnings, 8 some data was lost, 12 an input could not\n"
    "be used at all, 16 wrong usage or configuration and nothing written.\n";

static const char reduce_help[] =
    "usage: monreduce reduce [OPTION]... FILE...\n"
    "\n"
    "Makes tables from monitor files; dictionary.csv, what their columns mean; and manifest.json,\n"
    "the account of the run.  Several files are one run, in time order.\n"
    "\n"
    "  -o, --output DIR     folder for the tables (default monreduce.out)\n"
    "  -t, --tables LIST    only these tables, separated by commas\n";

/* The options of the output stand between the two (monreduce_output.h). */
static const char reduce_help_rest[] =
    "      --dictionary     also metadata and programs that load the tables into databases\n"
    "  -c, --config FILE    the site's systems: names, models and serial numbers (systems.csv)\n"
    "      --schema DIR     corrections and additions to the record layouts\n"
    "  -x, --exit FILE.so[:KEY=VALUE,...]\n"
    "                       a user exit; several are called in the order given\n"
    "      --chp-sel        leave out rows of channel paths that have no devices\n"
    "      --strict         stop and write nothing where configuration records are missing\n"
    "  -j, --threads N      make tables with N threads, beside one that reads; 0: as many as there\n"
    "                       are processors; the output is the same for any N (default 1: no threads)\n"
    "      --progress       show progress even where the output is no terminal\n"
    "  -q, --quiet          show errors only, no progress\n"
    "  -v, --verbose        show every message, also the informative ones\n"
    "  -h, --help           this text\n";

static const char census_help[] =
    "usage: monreduce census [OPTION]... FILE...\n"
    "\n"
    "Shows what is in monitor files: systems, z/VM level, time range, intervals, gaps, suspensions,\n"
    "count and bytes by domain and record, known and unknown.  Several files are one run, in time\n"
    "order, as for reduce.\n"
    "\n"
    "      --json           print JSON with the keys of manifest.json\n"
    "  -j, --threads N      with N above 1 a thread of its own reads\n"
    "  -c, --config FILE    the site's systems: names, models and serial numbers (systems.csv)\n"
    "      --schema DIR     corrections and additions to the record layouts\n"
    "      --progress       show progress even where the output is no terminal\n"
    "  -q, --quiet          show errors only, no progress\n"
    "  -v, --verbose        show every message, also the informative ones\n"
    "  -h, --help           this text\n";

static const char exit_test_help[] =
    "usage: monreduce exit-test [OPTION]... EXIT.so[:KEY=VALUE,...] FILE...\n"
    "\n"
    "Reduces monitor files with a user exit, writes no tables, and shows row by row what the exit\n"
    "changed or left out, then how often it was called.\n"
    "\n"
    "  -t, --tables LIST    only these tables, separated by commas\n"
    "  -c, --config FILE    the site's systems: names, models and serial numbers (systems.csv)\n"
    "      --chp-sel        leave out rows of channel paths that have no devices\n"
    "      --schema DIR     corrections and additions to the record layouts\n"
    "  -q, --quiet          show errors only\n"
    "  -v, --verbose        show every message, also the informative ones\n"
    "  -h, --help           this text\n";

/* What the command line asks for. */
struct arguments {
    const char *folder, *format, *schema_folder, *systems_file;
    const char *tables[TABLES_MAX + 1];
    size_t table_count;
    const char *exits[EXITS_MAX];
    size_t exit_count;
    bool chp_sel;
    struct mr_output_arguments output;
    struct mr_state_arguments state;
    unsigned threads;
    bool strict, quiet, verbose, progress, help, json, names, dictionary;
};

/* The terminal: messages and a progress line that must not run into each other. */
struct screen {
    struct arguments *arguments;
    bool progress_shown;
    bool show_progress;
    struct timespec start, last;
};

static double seconds_between(const struct timespec *from, const struct timespec *to)
{
    return (double)(to->tv_sec - from->tv_sec) + (double)(to->tv_nsec - from->tv_nsec) / 1e9;
}

static void clear_progress(struct screen *screen)
{
    if (screen->progress_shown)
        fputs("\r\033[K", stderr);
    screen->progress_shown = false;
}

static void show_message(void *context, const struct mr_message *message)
{
    struct screen *screen = context;
    bool informative = message->def->letter == 'I';
    bool error = mr_message_code(message->def->letter) >= 8;
    char line[1200];

    if ((informative && !screen->arguments->verbose) || (screen->arguments->quiet && !error))
        return;
    if (message->repeat > SHOWN_EACH && !screen->arguments->verbose)
        return;
    clear_progress(screen);
    fprintf(stderr, "%s\n", mr_message_format(line, sizeof line, message));
}

/* What was held back by show_message(). */
static void show_held_back(const struct screen *screen, const struct mr_log *log)
{
    for (unsigned id = 0; id < MR_MSG_COUNT; id++) {
        const struct mr_message_text *text = mr_message_text((enum mr_message_id)id);
        bool shown = text->letter != 'I' && (!screen->arguments->quiet || mr_message_code(text->letter) >= 8);

        if (shown && !screen->arguments->verbose && log->counts[id] > SHOWN_EACH)
            fprintf(stderr, "%s %" PRIu64 " more of these; -v shows them all\n", text->id,
                    log->counts[id] - SHOWN_EACH);
    }
}

static void show_progress(void *context, const struct mr_progress *p)
{
    struct screen *screen = context;
    struct timespec now;
    double seconds;

    clock_gettime(CLOCK_MONOTONIC, &now);
    if (!screen->show_progress || seconds_between(&screen->last, &now) < 0.2)
        return;
    screen->last = now;
    seconds = seconds_between(&screen->start, &now);
    clear_progress(screen);
    fprintf(stderr, "%.1f MB", (double)p->bytes / 1e6);
    if (p->total_bytes > 0)
        fprintf(stderr, " (%.0f%%)", 100.0 * (double)p->input_bytes / (double)p->total_bytes);
    fprintf(stderr, "  %.0f MB/s  %" PRIu64 " rows  %s", seconds > 0 ? (double)p->bytes / 1e6 / seconds : 0.0, p->rows,
            p->input);
    fflush(stderr);
    screen->progress_shown = true;
}

static void usage(struct mr_log *log, const char *what, const char *which)
{
    mr_report(log, MR_MSG_USAGE, MR_NOWHERE, "%s%s", what, which);
}

static int take_tables(struct arguments *a, char *list, struct mr_log *log)
{
    for (char *name = strtok(list, ","); name != NULL; name = strtok(NULL, ",")) {
        if (a->table_count == TABLES_MAX) {
            usage(log, "too many tables", "");
            return MR_FATAL;
        }
        a->tables[a->table_count++] = name;
    }
    return MR_OK;
}

/* 0 stands for all processors that the program may use. */
static int take_threads(struct arguments *a, const char *word, struct mr_log *log)
{
    char *end;
    unsigned long number = strtoul(word, &end, 10);

    if (!isdigit((unsigned char)word[0]) || *end != '\0' || number > THREADS_MAX) {
        usage(log, "not a number of threads, 0 to 64: ", word);
        return MR_FATAL;
    }
    if (number == 0) {
        cpu_set_t usable;

        number = sched_getaffinity(0, sizeof usable, &usable) == 0 ? (unsigned long)CPU_COUNT(&usable) : 1;
    }
    a->threads = number > THREADS_MAX ? THREADS_MAX : (unsigned)number;
    return MR_OK;
}

static int check_format(const char *format, struct mr_log *log)
{
    for (const char *const *f = mr_writer_formats(); *f != NULL; f++) {
        if (strcmp(*f, format) == 0)
            return MR_OK;
    }
    usage(log, "unknown format ", format);
    return MR_FATAL;
}

/* Both commands share their options; those that a command does not have are refused by its own list of letters. */
static int parse(int argc, char **argv, const char *letters, struct arguments *a, struct mr_log *log)
{
    enum { OPT_SCHEMA = 256, OPT_STRICT, OPT_PROGRESS, OPT_JSON, OPT_CHP_SEL, OPT_NAMES, OPT_DICTIONARY };
    static const struct option options[] = {
        {"output", required_argument, NULL, 'o'}, {"tables", required_argument, NULL, 't'},
        {"format", required_argument, NULL, 'f'}, MR_OUTPUT_OPTIONS,
        {"strict", no_argument, NULL, OPT_STRICT}, {"config", required_argument, NULL, 'c'},
        {"exit", required_argument, NULL, 'x'}, {"chp-sel", no_argument, NULL, OPT_CHP_SEL},
        {"schema", required_argument, NULL, OPT_SCHEMA}, {"progress", no_argument, NULL, OPT_PROGRESS},
        {"json", no_argument, NULL, OPT_JSON}, {"names", no_argument, NULL, OPT_NAMES},
        {"dictionary", no_argument, NULL, OPT_DICTIONARY}, {"quiet", no_argument, NULL, 'q'}, {"verbose", no_argument, NULL, 'v'},
        MR_STATE_OPTIONS,
        {"help", no_argument, NULL, 'h'}, {"threads", required_argument, NULL, 'j'}, {NULL, 0, NULL, 0},
    };
    const char *word;
    int option;

    opterr = 0;
    while ((option = getopt_long(argc, argv, letters, options, NULL)) != -1) {
        word = argv[optind - 1];
        if (option < 128 && option != '?' && option != ':' && strchr(letters, option) == NULL) {
            /* A long option of the other command: its value may have been taken from the next word. */
            word = optarg != NULL && optarg == word ? argv[optind - 2] : word;
            option = '?';
        }
        if (mr_output_take(&a->output, option, optarg, optarg == word ? argv[optind - 2] : word))
            continue;
        if (mr_state_take(&a->state, option, optarg, optarg == word ? argv[optind - 2] : word))
            continue;
        switch (option) {
        case 'o':
            a->folder = optarg;
            break;
        case 't':
            if (take_tables(a, optarg, log) != MR_OK)
                return MR_FATAL;
            break;
        case 'f':
            a->format = optarg;
            break;
        case 'c':
            a->systems_file = optarg;
            break;
        case 'j':
            if (take_threads(a, optarg, log) != MR_OK)
                return MR_FATAL;
            break;
        case OPT_STRICT:
            a->strict = true;
            break;
        case OPT_SCHEMA:
            a->schema_folder = optarg;
            break;
        case OPT_JSON:
            a->json = true;
            break;
        case OPT_DICTIONARY:
            a->dictionary = true;
            break;
        case OPT_NAMES:
            a->names = true;
            break;
        case 'x':
            if (a->exit_count == EXITS_MAX) {
                usage(log, "too many exits", "");
                return MR_FATAL;
            }
            a->exits[a->exit_count++] = optarg;
            break;
        case OPT_CHP_SEL:
            a->chp_sel = true;
            break;
        case OPT_PROGRESS:
            a->progress = true;
            break;
        case 'q':
            a->quiet = true;
            break;
        case 'v':
            a->verbose = true;
            break;
        case 'h':
            a->help = true;
            break;
        default:
            usage(log, option == ':' ? "this option needs a value: " : "unknown option: ", word);
            return MR_FATAL;
        }
    }
    return MR_OK;
}

/* What a site has configured: corrections of the schema, and its systems. */
struct site {
    struct mr_schema *loaded; /* NULL: the compiled schema is used */
    struct mr_systems *systems;
};

static int open_site(const struct arguments *a, struct site *site, struct mr_pipeline_options *options,
                     struct mr_log *log)
{
    *site = (struct site){NULL, NULL};
    options->schema = mr_schema_builtin();
    if (a->systems_file != NULL && mr_systems_file_load(&site->systems, a->systems_file, log) != MR_OK)
        return MR_FATAL;
    options->systems = site->systems;
    if (a->schema_folder == NULL)
        return MR_OK;
    if (mr_schema_load(&site->loaded, options->schema, a->schema_folder, log) != MR_OK)
        return MR_FATAL;
    options->schema = site->loaded;
    return MR_OK;
}

static void close_site(struct site *site)
{
    mr_systems_file_free(site->systems);
    mr_schema_free(site->loaded);
}

/* Load programs are for CSV that holds values. */
static int check_dictionary(const struct arguments *a, struct mr_log *log)
{
    if (a->dictionary && strcmp(a->format, "csv") != 0)
        usage(log,
              "--dictionary makes programs that load CSV files, and dictionary.csv is always there: leave it out with -f ",
              a->format);
    else if (a->dictionary && a->output.spreadsheet)
        usage(log, "--dictionary makes programs that load values, and ", "--spreadsheet writes formulas");
    else
        return MR_OK;
    return MR_FATAL;
}

static int reduce(int argc, char **argv, struct arguments *a, struct mr_log *log, struct screen *screen)
{
    struct site site;
    struct mr_account account;
    struct mr_pipeline_options options = {.inputs = (const char *const *)&argv[optind],
                                          .input_count = (size_t)(argc - optind),
                                          .folder = a->folder,
                                          .format = a->format,
                                          .tables = a->table_count > 0 ? a->tables : NULL,
                                          .exits = a->exits,
                                          .exit_count = a->exit_count,
                                          .chp_sel = a->chp_sel,
                                          .dictionary = a->dictionary,
                                          .threads = a->threads,
                                          .strict = a->strict,
                                          .log = log,
                                          .stop = mr_signals_listen(),
                                          .progress = show_progress,
                                          .context = screen};

    if (options.input_count == 0) {
        mr_report(log, MR_MSG_NO_INPUT, MR_NOWHERE, "%s", "");
        return log->code;
    }
    if (a->json) {
        usage(log, "unknown option: ", "--json");
        return CODE_USAGE;
    }
    if (check_format(a->format, log) != MR_OK || mr_output_apply(&a->output, &options, log) != MR_OK ||
        mr_state_apply(&a->state, &options, log) != MR_OK)
        return CODE_USAGE;
    if (check_dictionary(a, log) != MR_OK)
        return CODE_USAGE;
    if (open_site(a, &site, &options, log) != MR_OK) {
        close_site(&site);
        return CODE_USAGE;
    }
    if (mr_pipeline_reduce(&options, &account) == MR_OK) {
        clear_progress(screen);
        show_held_back(screen, log);
        if (!a->quiet && options.state != NULL && account.input_count == 0)
            fputs("nothing to do: earlier runs have reduced all of it\n", stderr);
        else if (!a->quiet)
            mr_account_report(&account, a->folder, stderr);
    }
    mr_account_free(&account);
    close_site(&site);
    return log->code;
}

static void print_json(const struct mr_account *account, struct mr_log *log)
{
    size_t size;
    char *text = mr_account_json(account, &size);

    if (text == NULL)
        mr_report(log, MR_MSG_PROGRAM_MEMORY, MR_NOWHERE, "%s", "");
    else
        fwrite(text, 1, size, stdout);
    free(text);
}

static int census(int argc, char **argv, struct arguments *a, struct mr_log *log, struct screen *screen)
{
    struct site site;
    struct mr_account account;
    struct mr_pipeline_options options = {.inputs = (const char *const *)&argv[optind],
                                          .input_count = (size_t)(argc - optind),
                                          .threads = a->threads,
                                          .log = log,
                                          .stop = mr_signals_listen(),
                                          .progress = show_progress,
                                          .context = screen};

    if (optind == argc) {
        mr_report(log, MR_MSG_NO_INPUT, MR_NOWHERE, "%s", "");
        return log->code;
    }
    if (open_site(a, &site, &options, log) != MR_OK) {
        close_site(&site);
        return CODE_USAGE;
    }
    if (mr_pipeline_census(&options, &account) == MR_OK) {
        clear_progress(screen);
        show_held_back(screen, log);
        if (a->json)
            print_json(&account, log);
        else
            mr_account_census(&account, stdout);
    }
    mr_account_free(&account);
    close_site(&site);
    return log->code;
}

static int exit_test(int argc, char **argv, struct arguments *a, struct mr_log *log, struct screen *screen)
{
    struct site site;
    struct mr_pipeline_options options = {.inputs = (const char *const *)&argv[optind + 1],
                                          .tables = a->table_count > 0 ? a->tables : NULL,
                                          .exits = (const char *const *)&argv[optind],
                                          .exit_count = 1,
                                          .chp_sel = a->chp_sel,
                                          .log = log,
                                          .stop = mr_signals_listen(),
                                          .context = screen};

    if (argc - optind < 2) {
        usage(log, "exit-test needs an exit and at least one file", "");
        return CODE_USAGE;
    }
    options.input_count = (size_t)(argc - optind - 1);
    if (open_site(a, &site, &options, log) == MR_OK) {
        mr_exit_test(&options);
        show_held_back(screen, log);
    }
    close_site(&site);
    return log->code;
}

static int describe(int argc, char **argv, struct arguments *a, struct mr_log *log, struct screen *screen)
{
    struct site site;
    struct mr_pipeline_options options = {.log = log};
    struct mr_describe_arguments asked = {.exits = a->exits,
                                          .exit_count = a->exit_count,
                                          .words = (const char *const *)&argv[optind],
                                          .word_count = (size_t)(argc - optind),
                                          .names = a->names,
                                          .json = a->json};
    int code = CODE_USAGE;

    (void)screen;
    if (open_site(a, &site, &options, log) == MR_OK) {
        asked.schema = options.schema;
        code = mr_describe_command(&asked, log);
    }
    close_site(&site);
    return code;
}

static const struct command {
    const char *name;
    const char *help;
    const char *letters;
    int (*run)(int argc, char **argv, struct arguments *a, struct mr_log *log, struct screen *screen);
} commands[] = {
    {"reduce", reduce_help, ":c:o:t:f:x:s:e:j:qvh", reduce},
    {"census", census_help, ":c:j:qvh", census},
    {"describe", mr_describe_help, ":hx:", describe},
    {"exit-test", exit_test_help, ":c:t:qvh", exit_test},
};

static int run_command(const struct command *command, int argc, char **argv)
{
    struct arguments arguments = {.folder = "monreduce.out", .format = "csv"};
    struct screen screen = {.arguments = &arguments};
    struct mr_log log = {.sink = show_message, .context = &screen};
    int code;

    if (parse(argc, argv, command->letters, &arguments, &log) != MR_OK)
        return CODE_USAGE;
    if ((arguments.output.given != NULL || arguments.state.given != NULL) && command->run != reduce) {
        usage(&log, "unknown option: ",
              arguments.output.given != NULL ? arguments.output.given : arguments.state.given);
        return CODE_USAGE;
    }
    if (arguments.help) {
        fputs(command->help, stdout);
        if (command->run == reduce) {
            fputs(mr_output_help, stdout);
            fputs(mr_state_help, stdout);
            fputs(reduce_help_rest, stdout);
        }
        return 0;
    }
    screen.show_progress = !arguments.quiet && (arguments.progress || isatty(STDERR_FILENO));
    clock_gettime(CLOCK_MONOTONIC, &screen.start);
    screen.last = screen.start;
    code = command->run(argc, argv, &arguments, &log, &screen);
    clear_progress(&screen);
    if (fflush(stdout) != 0 || ferror(stdout)) {
        fprintf(stderr, "cannot write to standard output: %s\n", strerror(errno));
        code = code < 12 ? 12 : code;
    }
    return code;
}

static int unknown_command(const char *name)
{
    struct arguments arguments = {.quiet = false};
    struct screen screen = {.arguments = &arguments};
    struct mr_log log = {.sink = show_message, .context = &screen};

    usage(&log, "unknown command: ", name);
    return log.code;
}

int main(int argc, char **argv)
{
    if (argc >= 2 && (strcmp(argv[1], "--help") == 0 || strcmp(argv[1], "-h") == 0)) {
        fputs(main_help, stdout);
        return 0;
    }
    if (argc >= 2 && strcmp(argv[1], "--version") == 0) {
        puts("monreduce " MR_VERSION);
        return 0;
    }
    for (size_t i = 0; argc >= 2 && i < sizeof commands / sizeof *commands; i++) {
        if (strcmp(argv[1], commands[i].name) == 0)
            return run_command(&commands[i], argc - 1, argv + 1);
    }
    if (argc < 2) {
        fputs(main_help, stderr);
        return CODE_USAGE;
    }
    return unknown_command(argv[1]);
}
