import type { ProjectionStore } from '../ports.ts';
import { guarded } from './guarded.ts';

/** A store whose every failure says which step it was. */
export function guardedStore(store: ProjectionStore): ProjectionStore {
  return {
    load: guarded('load', store.load),
    takeUp: guarded('takeUp', store.takeUp),
    create: guarded('create', store.create),
    retire: guarded('retire', store.retire),
    supersede: guarded('supersede', store.supersede),
    nominate: guarded('nominate', store.nominate),
    nominated: guarded('nominated', store.nominated),
    forget: guarded('forget', store.forget),
    noteLoss: guarded('noteLoss', store.noteLoss),
    apply: guarded('apply', store.apply),
    advance: guarded('advance', store.advance),
    dirtyMarks: guarded('dirtyMarks', store.dirtyMarks),
    readHead: guarded('readHead', store.readHead),
    readDirty: guarded('readDirty', store.readDirty),
    readCells: guarded('readCells', store.readCells),
    clearDirty: guarded('clearDirty', store.clearDirty),
  };
}
