// A person's way through the application, on the real server with real data, in the order of these lines.
import './sign_in.mjs';
import './import.mjs';
import './train.mjs';
import './pages_of_purchases.mjs';
import './roll_back.mjs';
import './customer.mjs';
import './pages_of_a_bank.mjs';
import './export.mjs';
import './restore.mjs';
import './away.mjs';
import './keyboard.mjs';
import './tabs.mjs';
import './empty.mjs';
import './end.mjs';
