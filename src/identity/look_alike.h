// look_alike.h - letters that scanners and people take for digits.
#pragma once

// The digit that a capital letter looks like; any other character as it is.
static inline char look_alike_digit(char c) {
    switch (c) {
    case 'O':
    case 'Q':
    case 'D': return '0';
    case 'I':
    case 'L': return '1';
    case 'Z': return '2';
    case 'S': return '5';
    case 'G': return '6';
    case 'B': return '8';
    default: return c;
    }
}
