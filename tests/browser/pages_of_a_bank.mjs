import { bankPages } from './pages.mjs';
import { showPages } from './pictures.mjs';

showPages('bank', bankPages);
