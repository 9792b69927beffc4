/* SPDX-License-Identifier: Apache-2.0 */
/*
 * libcsv in its strict mode reads CSV files: every cell as LENGTH:BYTES, and a line end behind each row, to standard
 * output.  Ends with 1 where libcsv finds a fault.
 *
 *   strict FILE
 */
#include <csv.h>
#include <stdio.h>
#include <stdlib.h>

static void put_cell(void *cell, size_t size, void *out)
{
    fprintf(out, "%zu:", size);
    fwrite(cell, 1, size, out);
}

static void put_end(int end, void *out)
{
    (void)end;
    putc('\n', out);
}

static int fault(const char *name, struct csv_parser *parser, unsigned long at)
{
    fprintf(stderr, "%s: byte %lu: %s\n", name, at, csv_strerror(csv_error(parser)));
    return 1;
}

int main(int argc, char **argv)
{
    static char bytes[65536];
    struct csv_parser parser;
    unsigned long at = 0;
    size_t size;
    FILE *file;

    if (argc != 2 || csv_init(&parser, CSV_STRICT | CSV_STRICT_FINI) != 0)
        return 2;
    file = fopen(argv[1], "rb");
    if (file == NULL)
        return 2;
    while ((size = fread(bytes, 1, sizeof bytes, file)) > 0) {
        size_t done = csv_parse(&parser, bytes, size, put_cell, put_end, stdout);

        if (done != size)
            return fault(argv[1], &parser, at + done);
        at += size;
    }
    if (csv_fini(&parser, put_cell, put_end, stdout) != 0)
        return fault(argv[1], &parser, at);
    csv_free(&parser);
    return fclose(file) != 0 || fflush(stdout) != 0 ? 2 : 0;
}
