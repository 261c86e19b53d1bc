// SPDX-License-Identifier: MIT
// expat parses a document with entities and namespaces.

#include <expat.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "program.h"

#define ROWS 400

static int elements, characters;

static void open_element(void *unused, const XML_Char *name,
                         const XML_Char **attributes)
{
    (void)unused;
    elements += name[0] != '\0' && attributes != NULL;
}

static void close_element(void *unused, const XML_Char *name)
{
    (void)unused, (void)name;
}

static void read_text(void *unused, const XML_Char *text, int size)
{
    (void)unused, (void)text;
    characters += size;
}

static bool parse(XML_Parser parser, const char *text, bool is_last)
{
    return XML_Parse(parser, text, (int)strlen(text), is_last)
           != XML_STATUS_ERROR;
}

static bool parse_all(XML_Parser parser)
{
    bool is_good = parse(parser,
                         "<?xml version='1.0'?>\n<!DOCTYPE r [<!ENTITY who "
                         "'an arena and a heap'>]>\n<r xmlns='urn:reel'>",
                         false);
    for (int i = 0; is_good && i < ROWS; i++) {
        char row[120];
        snprintf(row, sizeof row, "<row%d id='%d' name='n%d'>&who;</row%d>",
                 i % 50, i, i, i % 50);
        is_good = parse(parser, row, false);
    }
    return is_good && parse(parser, "</r>", true);
}

static outcome run(void)
{
    const XML_Memory_Handling_Suite memory = { reel_malloc, reel_realloc,
                                               reel_malloc_free };
    elements = characters = 0;
    XML_Parser parser = XML_ParserCreate_MM(NULL, &memory, "|");
    if (parser == NULL) {
        return FAILED;
    }
    XML_SetElementHandler(parser, open_element, close_element);
    XML_SetCharacterDataHandler(parser, read_text);
    const bool is_good = parse_all(parser);
    const enum XML_Error error = XML_GetErrorCode(parser);
    XML_ParserFree(parser);
    if (!is_good) {
        return error == XML_ERROR_NO_MEMORY ? FAILED : WRONG;
    }
    return elements == ROWS + 1 && characters == ROWS * 19 ? WORKED : WRONG;
}

const program the_program = { "expat, a document", false, false, run };
