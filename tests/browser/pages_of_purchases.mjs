import { purchasePages } from './pages.mjs';
import { showPages } from './pictures.mjs';

showPages('shop', purchasePages);
