import { purchasePages } from './pages.mjs';
import { showPages } from './pictures.mjs';

showPages('purchases', purchasePages);
