# SPDX-License-Identifier: Apache-2.0
# SAS transport files as R's haven reads them, compared with the CSV of the same run, column by column in their order;
# labels with those of dictionary.csv.
#
#   Rscript haven.R CSVDIR XPTDIR
suppressPackageStartupMessages(library(haven))
folders <- commandArgs(TRUE)
options(digits.secs = 6)

same <- function(text, value) {
  empty <- is.na(text) | text == ""
  if (is.character(value))
    return(value == ifelse(empty, "", text) |
           (nchar(value, "bytes") == 200 & startsWith(ifelse(empty, "", text), value)))
  missing <- is.na(value)
  out <- missing == empty
  both <- !missing & !empty
  if (inherits(value, "POSIXct")) {
    want <- as.POSIXct(text[both], tz = "UTC", format = "%Y-%m-%d %H:%M:%OS")
    # A double of seconds since 1970 holds a microsecond, but no more.
    out[both] <- abs(as.numeric(value[both]) - as.numeric(want)) <= 1e-6
  } else {
    number <- as.numeric(text[both])
    out[both] <- abs(number - as.numeric(value[both])) <= pmax(5.01e-7, 1e-15 * abs(number))
  }
  out
}

dictionary <- read.csv(file.path(folders[1], "dictionary.csv"), colClasses = "character")
labels <- setNames(dictionary$label, paste(dictionary$table, dictionary$column))
cells <- 0
bad <- 0
classes <- character()
for (path in list.files(folders[2], "[.]xpt$", full.names = TRUE)) {
  table <- sub("[.]xpt$", "", basename(path))
  sas <- read_xpt(path)
  plain <- read.csv(file.path(folders[1], paste0(table, ".csv")), colClasses = "character", na.strings = NULL,
                    check.names = FALSE, encoding = "UTF-8")
  if (nrow(sas) != nrow(plain) || ncol(sas) != ncol(plain)) {
    cat(table, nrow(sas), "x", ncol(sas), "CSV has", nrow(plain), "x", ncol(plain), "\n")
    bad <- bad + 1
    next
  }
  for (i in seq_along(plain)) {
    ok <- same(plain[[i]], sas[[i]])
    classes <- union(classes, class(sas[[i]])[1])
    cells <- cells + length(ok)
    if (!all(ok)) {
      bad <- bad + sum(!ok)
      first <- which(!ok)[1]
      cat(table, names(plain)[i], "row", first, format(sas[[i]][first]), "CSV has", plain[[i]][first], "\n")
    }
    label <- attr(sas[[i]], "label")
    if (is.null(label) || !startsWith(labels[[paste(table, names(plain)[i])]], label)) {
      bad <- bad + 1
      cat(table, names(plain)[i], "has the label", label, "\n")
    }
  }
}
if (cells > 0 && bad == 0) {
  cat("haven: the same;", sort(classes), sep = " ", fill = 200)
} else {
  cat("haven:", bad, "of", cells, "cells differ\n")
}
