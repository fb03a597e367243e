// Sets the theme before the first paint; a file of its own, for the page allows no inline scripts.
(function () {
    var stored = null;
    try {
        stored = localStorage.getItem('attune.theme');
    } catch (error) {
        // Storage may be switched off; then the system's theme holds.
    }
    var dark = matchMedia('(prefers-color-scheme: dark)').matches;
    var theme = stored === 'light' || stored === 'dark' ? stored : dark ? 'dark' : 'light';
    document.documentElement.dataset.theme = theme;
})();
