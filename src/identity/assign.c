#include "identity/assign.h"

#include <limits.h>
#include <string.h>

// Most names are so unlike one another that each row's best column is wanted by nobody else; then that is the
// answer.
static int take_best(const int gain[ASSIGN_MAX][ASSIGN_MAX], int rows, int columns,
                     int column_of[ASSIGN_MAX]) {
    uint32_t taken = 0;
    for (int i = 0; i < rows; i++) {
        int best = -1;
        for (int j = 0; j < columns; j++)
            if (gain[i][j] > 0 && (best < 0 || gain[i][j] > gain[i][best])) best = j;
        column_of[i] = best;
        if (best < 0) continue;
        if (taken & 1u << best) return 0;
        taken |= 1u << best;
    }
    return 1;
}

// Kuhn 1955 with potentials and shortest augmenting paths (Jonker and Volgenant 1987). Index 0 is nobody.
static void augment(const int gain[ASSIGN_MAX][ASSIGN_MAX], int n, int row, int *row_price, int *column_price,
                    int *row_of) {
    int slack[ASSIGN_MAX + 1], from[ASSIGN_MAX + 1] = {0}, at = 0;
    char done[ASSIGN_MAX + 1] = {0};
    for (int j = 0; j <= n; j++) slack[j] = INT_MAX;
    row_of[0] = row;
    do {
        int i = row_of[at], next = 0, delta = INT_MAX;
        done[at] = 1;
        for (int j = 1; j <= n; j++) {
            if (done[j]) continue;
            int cost = -gain[i - 1][j - 1] - row_price[i] - column_price[j];
            if (cost < slack[j]) slack[j] = cost, from[j] = at;
            if (slack[j] < delta) delta = slack[j], next = j;
        }
        for (int j = 0; j <= n; j++) {
            if (done[j])
                row_price[row_of[j]] += delta, column_price[j] -= delta;
            else if (slack[j] != INT_MAX)
                slack[j] -= delta;
        }
        at = next;
    } while (row_of[at]);
    for (; at; at = from[at]) row_of[at] = row_of[from[at]];
}

void assign_best(const int gain[ASSIGN_MAX][ASSIGN_MAX], int rows, int columns, int column_of[ASSIGN_MAX]) {
    if (take_best(gain, rows, columns, column_of)) return;
    int square[ASSIGN_MAX][ASSIGN_MAX], n = rows > columns ? rows : columns;
    for (int i = 0; i < n; i++)
        for (int j = 0; j < n; j++) square[i][j] = i < rows && j < columns ? gain[i][j] : 0;
    int row_price[ASSIGN_MAX + 1] = {0}, column_price[ASSIGN_MAX + 1] = {0}, row_of[ASSIGN_MAX + 1] = {0};
    for (int i = 1; i <= n; i++) augment(square, n, i, row_price, column_price, row_of);
    for (int i = 0; i < rows; i++) column_of[i] = -1;
    for (int j = 1; j <= columns; j++) {
        int i = row_of[j] - 1;
        if (i >= 0 && i < rows && gain[i][j - 1] > 0) column_of[i] = j - 1;
    }
}
