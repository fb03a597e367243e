// Carries the precompiled headers of the modules.
