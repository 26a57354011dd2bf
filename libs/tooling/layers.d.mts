// Types of layers.mjs.
export declare const libraryLayers: readonly (readonly string[])[];
export declare const browserLibraries: readonly string[];
