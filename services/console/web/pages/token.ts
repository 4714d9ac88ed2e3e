import { h } from 'preact';
import type { JSX } from 'preact';
import { access, enterToken } from '../data/api.ts';
import { t } from '../i18n/text.ts';

/** Asks for a bearer token, where the installation has a tokens file. */
export const TokenPage = (): JSX.Element =>
  h(
    'form',
    {
      class: 'page token',
      onSubmit: (event: SubmitEvent) => {
        event.preventDefault();
        const token = new FormData(event.currentTarget as HTMLFormElement).get('token');
        if (typeof token === 'string' && token.trim() !== '') enterToken(token.trim());
      },
    },
    h('h1', null, t('token.title')),
    h('p', { class: 'lead' }, t('token.help')),
    access.value === 'refused'
      ? h('p', { class: 'notice notice-bad', role: 'alert' }, t('token.refused'))
      : null,
    h(
      'label',
      { class: 'field' },
      h('span', null, t('token.label')),
      h('input', {
        type: 'password',
        name: 'token',
        class: 'input',
        autoComplete: 'off',
        spellcheck: false,
        required: true,
      }),
    ),
    h('button', { type: 'submit', class: 'button button-strong' }, t('token.submit')),
  );
