// assign.h - the best way to give each row a column, inside this room.
#pragma once
#include <stdint.h>

enum { ASSIGN_MAX = 24 };

// `gain[i][j]` of row i with column j; a gain of 0 means they do not go together. Fills column_of[i] with the
// column or -1 so that the sum is the highest.
void assign_best(const int gain[ASSIGN_MAX][ASSIGN_MAX], int rows, int columns, int column_of[ASSIGN_MAX]);
