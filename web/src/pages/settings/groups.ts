/** Which settings stand together. */
export interface SettingGroup {
    id: string;
    title: string;
    lead: string;
    /** Sections of the configuration; none: all that no other group has. */
    sections: readonly string[];
}

export const groups: readonly SettingGroup[] = [
    {
        id: 'weights',
        title: 'Weights',
        lead: 'What events are worth, and how much each recommender counts. In force from the next request on.',
        sections: ['events', 'blend'],
    },
    {
        id: 'rules',
        title: 'Rules',
        lead: 'What may be shown to whom, and what reasons may say. In force from the next request on.',
        sections: ['ranking', 'eligibility', 'explain'],
    },
    {
        id: 'system',
        title: 'System',
        lead: 'Training, import, storage and the server. What cannot be changed here stands in the configuration file.',
        sections: [],
    },
];

const named = groups.flatMap((group) => group.sections);

export function belongsTo(group: SettingGroup, key: string): boolean {
    const section = key.split('.', 1)[0] ?? '';
    return group.sections.length > 0 ? group.sections.includes(section) : !named.includes(section);
}
