import type { Problem } from '../api/problem';
import type { FormErrors } from './form_reading';

/**
 * What the server said of the fields that a form shows: of "income.amount" at `income`, of
 * "eligibility.minimum_age" at `minimum_age`. Empty where it spoke of none of them.
 */
export function fieldErrors(problem: Problem, shown: readonly string[]): FormErrors {
    const said = [...problem.errors];
    if (problem.field !== undefined) said.unshift({ field: problem.field, message: problem.message });
    const errors: FormErrors = {};
    for (const { field, message } of said) {
        const key = field.split(/[.[\]]+/).find((part) => shown.includes(part));
        if (key !== undefined) errors[key] ??= message;
    }
    return errors;
}
