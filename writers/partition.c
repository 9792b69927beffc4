/* SPDX-License-Identifier: Apache-2.0 */
#include "writers/partition.h"

#include <stdio.h>
#include <string.h>

#define MISSING "__HIVE_DEFAULT_PARTITION__"

static char *put_percent(char *p, unsigned char c)
{
    static const char hex[] = "0123456789ABCDEF";

    *p++ = '%';
    *p++ = hex[c >> 4];
    *p++ = hex[c & 15];
    return p;
}

void mr_partition_safe(char *name, const char *text, uint32_t size)
{
    static const char plain[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-@#$";
    char *end = name + 80;

    for (uint32_t i = 0; i < size && name + 4 < end; i++) {
        unsigned char c = (unsigned char)text[i];

        if (c != 0 && strchr(plain, c) != NULL)
            *name++ = (char)c;
        else
            name = put_percent(name, c);
    }
    *name = '\0';
}

/*
 * Hive encodes control characters and "#%'*\/:=?{[]^ and leaves everything beyond ASCII as it is, because its own
 * decoding makes one character of each byte.  What shells and other systems stumble over is encoded, too: every reader
 * decodes whatever has a percent sign.
 */
void mr_partition_folder(char *folder, const char *name, const char *text, uint32_t size)
{
    static const char coded[] = "\"#%'*\\/:=?{[]^ !&();<>|`~}+,";
    char *p = folder + sprintf(folder, "%s=", name);

    for (uint32_t i = 0; i < size; i++) {
        unsigned char c = (unsigned char)text[i];

        if (c < 0x20 || c == 0x7F || strchr(coded, c) != NULL)
            p = put_percent(p, c);
        else
            *p++ = (char)c;
    }
    strcpy(p, size == 0 ? MISSING : "");
}

void mr_partition_date(char *folder, const char *stamp, bool known)
{
    if (known)
        sprintf(folder, "DATE=%.4s-%.2s-%.2s", stamp, stamp + 4, stamp + 6);
    else
        strcpy(folder, "DATE=" MISSING);
}
