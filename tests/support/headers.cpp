// Carries the precompiled headers of the tests: a program, for they are built as programs are.
int main() {
    return 0;
}
