/** Values of the source: they may hold anything, and must neither steer the page nor the text around them. */
import type { JSX } from 'preact';
import type { ClassRef, PersonRef } from '../content.js';

const controls = /[\u0000-\u001f\u007f-\u009f]/gu;

/** A value that stands on its own: whatever turns the direction of text in it ends with it. */
export function Value({ children }: { readonly children: string }): JSX.Element {
  return <bdi>{children.replace(controls, '\ufffd')}</bdi>;
}

/** A person by name and External ID. */
export function Person({ of }: { readonly of: PersonRef }): JSX.Element {
  if (of.name === '') return <Value>{of.id}</Value>;
  return (
    <>
      <Value>{of.name}</Value>{' '}
      <small>
        <Value>{of.id}</Value>
      </small>
    </>
  );
}

/** A class by its code, and by its name where that says more. */
export function Class({ of }: { readonly of: ClassRef }): JSX.Element {
  return (
    <>
      <Value>{of.id}</Value>
      {of.name === '' || of.name === of.id ? null : (
        <>
          {' '}
          <small>
            <Value>{of.name}</Value>
          </small>
        </>
      )}
    </>
  );
}
