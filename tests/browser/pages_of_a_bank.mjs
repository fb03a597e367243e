import { accessPages, bankPages } from './pages.mjs';
import { showAccessPages, showPages } from './pictures.mjs';

showPages('bank', bankPages);
showAccessPages('bank', accessPages);
