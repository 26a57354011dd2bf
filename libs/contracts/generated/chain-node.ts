// Generated from openapi/chain-node.yaml by `npm run generate`; do not edit.

export interface paths {
    "/v1/records": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /** @description Appends records in order, all or none; answers with a ticket at once. The same key with the same records is the same append. Sequencer only. */
        post: operations["appendRecords"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/tickets/{ticket}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** @description Whether an append is final, and where its records stand. Waits up to waitMs for it. Sequencer only. */
        get: operations["getTicket"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/headers": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** @description Final headers with their certificates and lane tables, in order of height from `from`, without a gap. Waits up to waitMs while there is none. */
        get: operations["listHeaders"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/records/{leafIndex}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** @description One record of a final block, byte for byte as it was appended. */
        get: operations["getRecord"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/inclusion-proofs": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** @description The path from a leaf to the root of the tree of the given size (RFC 9162 2.1.3). */
        get: operations["getInclusionProof"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/consistency-proofs": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** @description The path that shows the tree of size `from` to be a prefix of the tree of size `to` (RFC 9162 2.1.4). */
        get: operations["getConsistencyProof"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/validator-sets/{height}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** @description The set whose signatures certify the block at the height, and the pinned witnesses. */
        get: operations["getValidatorSet"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/raw-blocks/{height}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** @description A block with its records and the operator's signature, for replay by the follower before it is final. Waits up to waitMs while there is none. Sequencer only. */
        get: operations["getRawBlock"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/cosignatures": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /** @description Hands in a witness's signature over a block that the witness has replayed; the first one is kept. Sequencer only. */
        post: operations["submitCosignature"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/rpc/v1/networks": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** @description JR/T 0314: the networks that this node serves, with their sub-networks. */
        get: operations["listNetworks"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/rpc/v1/networks/{networkId}/options": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** @description JR/T 0314: node version, the operations allowed on objects, and the states that results may have. */
        get: operations["getNetworkOptions"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/rpc/v1/networks/{networkId}/status": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** @description JR/T 0314: height, hash and time of the last final block, and the nodes that take part. */
        get: operations["getNetworkStatus"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/rpc/v1/networks/{networkId}/blocks/{height}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** @description JR/T 0314: a final block with its header and the ids of its transactions; at most 16 MB. */
        get: operations["getBlock"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/rpc/v1/networks/{networkId}/blocks/{height}/transactions/{transactionId}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** @description JR/T 0314: the operation and result of one transaction. A transaction is a record, its id the record hash. */
        get: operations["getTransaction"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/rpc/v1/networks/{networkId}/blocks/{height}/consensus-state": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** @description JR/T 0314: state root, transaction root, validators and votes of a final block. The signed data is the header hash. */
        get: operations["getConsensusState"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/rpc/v1/networks/{networkId}/blocks/{height}/object-ids": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** @description JR/T 0314: the ids of the objects that the block carries, each once, in order of first appearance. */
        get: operations["listObjectIds"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/rpc/v1/networks/{networkId}/blocks/{height}/objects/{objectId}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** @description JR/T 0314: every reference to the object in the block, in order, each with its Merkle proof to the block's tree root. The plain content comes from the query interface of the regulator link. */
        get: operations["getObject"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
}
export type webhooks = Record<string, never>;
export interface components {
    schemas: {
        Natural: string;
        /** @description SM3. */
        Hash: string;
        KeyId: string;
        NetworkId: string;
        ObjectId: string;
        /** @description Base64. */
        Bytes: string;
        /** @description SM2, DER, base64. */
        Signature: string;
        Path: components["schemas"]["Hash"][];
        /** @enum {string} */
        Operation: "create" | "update" | "overwrite" | "delete";
        /** @enum {string} */
        ObjectClass: "subject" | "account" | "product" | "transactionreport" | "registration" | "settlement" | "infodisclosure" | "supervision";
        /** @description At most 8 MiB of record bytes in all. */
        AppendRecords: {
            records: components["schemas"]["Bytes"][];
        };
        AppendTicket: {
            ticket: components["schemas"]["Uuid"];
        };
        /** @description The positions are given once the append is final. */
        Ticket: {
            ticket: components["schemas"]["Uuid"];
            /** @enum {string} */
            state: "pending" | "final";
            records: components["schemas"]["RecordPosition"][];
        };
        RecordPosition: {
            height: components["schemas"]["Natural"];
            index: number;
            leafIndex: components["schemas"]["Natural"];
            recordHash: components["schemas"]["Hash"];
        };
        CertificateEntry: {
            keyId: components["schemas"]["KeyId"];
            signature: components["schemas"]["Signature"];
        };
        LaneHead: {
            lane: number;
            lastSequence: components["schemas"]["Natural"];
            lastPacketHash: components["schemas"]["Hash"];
        };
        /** @description The header of height 0 follows from the genesis file and carries no signatures. */
        CertifiedHeader: {
            height: components["schemas"]["Natural"];
            header: components["schemas"]["Bytes"];
            headerHash: components["schemas"]["Hash"];
            certificate: components["schemas"]["CertificateEntry"][];
            lanes: components["schemas"]["LaneHead"][];
        };
        HeaderPage: {
            headers: components["schemas"]["CertifiedHeader"][];
        };
        ChainRecord: {
            leafIndex: components["schemas"]["Natural"];
            height: components["schemas"]["Natural"];
            index: number;
            record: components["schemas"]["Bytes"];
            recordHash: components["schemas"]["Hash"];
        };
        InclusionProof: {
            leafIndex: components["schemas"]["Natural"];
            treeSize: components["schemas"]["Natural"];
            path: components["schemas"]["Path"];
        };
        ConsistencyProof: {
            from: components["schemas"]["Natural"];
            to: components["schemas"]["Natural"];
            path: components["schemas"]["Path"];
        };
        PublicKey: {
            keyId: components["schemas"]["KeyId"];
            publicKey: string;
        };
        Validator: {
            keyId: components["schemas"]["KeyId"];
            publicKey: string;
            weight: components["schemas"]["Natural"];
        };
        ValidatorSetAnswer: {
            height: components["schemas"]["Natural"];
            hash: components["schemas"]["Hash"];
            quorumWeight: components["schemas"]["Natural"];
            validators: components["schemas"]["Validator"][];
            witnesses: components["schemas"]["PublicKey"][];
        };
        RawBlock: {
            height: components["schemas"]["Natural"];
            header: components["schemas"]["Bytes"];
            certificate: components["schemas"]["CertificateEntry"][];
            records: components["schemas"]["Bytes"][];
        };
        Cosignature: {
            height: components["schemas"]["Natural"];
            headerHash: components["schemas"]["Hash"];
            keyId: components["schemas"]["KeyId"];
            signature: components["schemas"]["Signature"];
        };
        Finality: {
            finalHeight: components["schemas"]["Natural"];
        };
        Networks: {
            networks: components["schemas"]["Network"][];
        };
        Network: {
            networkId: components["schemas"]["NetworkId"];
            description: string;
            subNetworks: components["schemas"]["NetworkId"][];
        };
        NetworkOptions: {
            networkId: components["schemas"]["NetworkId"];
            nodeVersion: string;
            engine: string;
            operations: components["schemas"]["Operation"][];
            results: string[];
            blockBytesMax: number;
        };
        /** @description `node` tells of the node that answers and differs from node to node. */
        NetworkStatus: {
            networkId: components["schemas"]["NetworkId"];
            height: components["schemas"]["Natural"];
            blockHash: components["schemas"]["Hash"];
            blockTime: components["schemas"]["Instant"];
            treeSize: components["schemas"]["Natural"];
            node: components["schemas"]["Node"];
            participants: components["schemas"]["PublicKey"][];
        };
        Node: {
            nodeId: string;
            /** @enum {string} */
            role: "sequencer" | "follower";
            localHeight: components["schemas"]["Natural"];
            waitingRecords: components["schemas"]["Natural"];
        };
        Block: {
            networkId: components["schemas"]["NetworkId"];
            height: components["schemas"]["Natural"];
            blockHash: components["schemas"]["Hash"];
            previousHeight: components["schemas"]["Natural"] | null;
            previousBlockHash: components["schemas"]["Hash"];
            blockTime: components["schemas"]["Instant"];
            header: components["schemas"]["Bytes"];
            transactionIds: components["schemas"]["Hash"][];
        };
        /** @description Records of results and of governance carry no object operation. */
        Transaction: {
            networkId: components["schemas"]["NetworkId"];
            height: components["schemas"]["Natural"];
            transactionId: components["schemas"]["Hash"];
            index: number;
            leafIndex: components["schemas"]["Natural"];
            /** @enum {string} */
            kind: "object" | "results" | "governance";
            operations: components["schemas"]["TransactionOperation"][];
            /** @enum {string} */
            result: "success";
        };
        TransactionOperation: {
            type: components["schemas"]["Operation"];
            objectId: components["schemas"]["ObjectId"];
            version: number;
            revision: number;
            contentType: components["schemas"]["ObjectClass"];
            lane: number;
            laneSequence: components["schemas"]["Natural"];
            packetHash: components["schemas"]["Hash"];
        };
        ConsensusState: {
            networkId: components["schemas"]["NetworkId"];
            height: components["schemas"]["Natural"];
            stateRoot: components["schemas"]["Hash"];
            laneTableRoot: components["schemas"]["Hash"];
            transactionRoot: components["schemas"]["Hash"];
            validators: components["schemas"]["Validator"][];
            witnesses: components["schemas"]["PublicKey"][];
            votes: components["schemas"]["CertificateEntry"][];
            signedData: components["schemas"]["Hash"];
        };
        ObjectIds: {
            networkId: components["schemas"]["NetworkId"];
            height: components["schemas"]["Natural"];
            objectIds: components["schemas"]["ObjectId"][];
        };
        ObjectReferences: {
            networkId: components["schemas"]["NetworkId"];
            height: components["schemas"]["Natural"];
            objectId: components["schemas"]["ObjectId"];
            references: components["schemas"]["ObjectReference"][];
        };
        ObjectReference: {
            uri: string;
            version: number;
            revision: number;
            snapshotHash: components["schemas"]["Hash"];
            ciphertextHash: components["schemas"]["Hash"];
            recordHash: components["schemas"]["Hash"];
            record: components["schemas"]["Bytes"];
            proof: components["schemas"]["InclusionProof"];
        };
        /** Format: uuid */
        Uuid: string;
        /**
         * Format: date-time
         * @description A moment in UTC with milliseconds.
         */
        Instant: string;
        ProblemError: {
            /** @description JSON pointer into the body, or */
            pointer?: string;
            code: string;
            detail: string;
            /** @description The parameters of the detail, such as a limit and the value observed. */
            params?: {
                [key: string]: string;
            };
        };
        /** @description RFC 9457 problem document; the codes are those of openapi/problems.yaml. */
        Problem: {
            /** Format: uri */
            type: string;
            title: string;
            status: number;
            detail: string;
            instance: string;
            code: string;
            traceId: string;
            errors?: components["schemas"]["ProblemError"][];
        };
    };
    responses: {
        /** @description The request was refused, or failed; `code` says why. */
        Problem: {
            headers: {
                [name: string]: unknown;
            };
            content: {
                "application/problem+json": components["schemas"]["Problem"];
            };
        };
    };
    parameters: {
        Ticket: components["schemas"]["Uuid"];
        /** @description How long the answer may wait for something to tell. Unit - milliseconds. */
        WaitMs: number;
        FromHeight: components["schemas"]["Natural"];
        HeaderLimit: number;
        LeafIndexPath: components["schemas"]["Natural"];
        LeafIndex: components["schemas"]["Natural"];
        TreeSize: components["schemas"]["Natural"];
        FromSize: components["schemas"]["Natural"];
        ToSize: components["schemas"]["Natural"];
        Height: components["schemas"]["Natural"];
        NetworkId: components["schemas"]["NetworkId"];
        TransactionId: components["schemas"]["Hash"];
        ObjectId: components["schemas"]["ObjectId"];
        /** @description Chosen by the caller; the same key with the same request gets the first answer again, with another request the problem idempotency-key-reused. Kept for seven days. */
        IdempotencyKey: string;
    };
    requestBodies: never;
    headers: never;
    pathItems: never;
}
export type $defs = Record<string, never>;
export interface operations {
    appendRecords: {
        parameters: {
            query?: never;
            header: {
                /** @description Chosen by the caller; the same key with the same request gets the first answer again, with another request the problem idempotency-key-reused. Kept for seven days. */
                "Idempotency-Key": components["parameters"]["IdempotencyKey"];
            };
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["AppendRecords"];
            };
        };
        responses: {
            /** @description Queued for a block; each record keeps its place. */
            202: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["AppendTicket"];
                };
            };
            default: components["responses"]["Problem"];
        };
    };
    getTicket: {
        parameters: {
            query?: {
                /** @description How long the answer may wait for something to tell. Unit - milliseconds. */
                waitMs?: components["parameters"]["WaitMs"];
            };
            header?: never;
            path: {
                ticket: components["parameters"]["Ticket"];
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description The state of the append. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Ticket"];
                };
            };
            default: components["responses"]["Problem"];
        };
    };
    listHeaders: {
        parameters: {
            query: {
                from: components["parameters"]["FromHeight"];
                limit?: components["parameters"]["HeaderLimit"];
                /** @description How long the answer may wait for something to tell. Unit - milliseconds. */
                waitMs?: components["parameters"]["WaitMs"];
            };
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Final headers. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["HeaderPage"];
                };
            };
            default: components["responses"]["Problem"];
        };
    };
    getRecord: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                leafIndex: components["parameters"]["LeafIndexPath"];
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description The record. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ChainRecord"];
                };
            };
            default: components["responses"]["Problem"];
        };
    };
    getInclusionProof: {
        parameters: {
            query: {
                leafIndex: components["parameters"]["LeafIndex"];
                treeSize: components["parameters"]["TreeSize"];
            };
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description The path. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["InclusionProof"];
                };
            };
            default: components["responses"]["Problem"];
        };
    };
    getConsistencyProof: {
        parameters: {
            query: {
                from: components["parameters"]["FromSize"];
                to: components["parameters"]["ToSize"];
            };
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description The path. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ConsistencyProof"];
                };
            };
            default: components["responses"]["Problem"];
        };
    };
    getValidatorSet: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                height: components["parameters"]["Height"];
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description The set. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ValidatorSetAnswer"];
                };
            };
            default: components["responses"]["Problem"];
        };
    };
    getRawBlock: {
        parameters: {
            query?: {
                /** @description How long the answer may wait for something to tell. Unit - milliseconds. */
                waitMs?: components["parameters"]["WaitMs"];
            };
            header?: never;
            path: {
                height: components["parameters"]["Height"];
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description The block. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["RawBlock"];
                };
            };
            default: components["responses"]["Problem"];
        };
    };
    submitCosignature: {
        parameters: {
            query?: never;
            header: {
                /** @description Chosen by the caller; the same key with the same request gets the first answer again, with another request the problem idempotency-key-reused. Kept for seven days. */
                "Idempotency-Key": components["parameters"]["IdempotencyKey"];
            };
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["Cosignature"];
            };
        };
        responses: {
            /** @description How far the chain is final now. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Finality"];
                };
            };
            default: components["responses"]["Problem"];
        };
    };
    listNetworks: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description The networks. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Networks"];
                };
            };
            default: components["responses"]["Problem"];
        };
    };
    getNetworkOptions: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                networkId: components["parameters"]["NetworkId"];
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description The options. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["NetworkOptions"];
                };
            };
            default: components["responses"]["Problem"];
        };
    };
    getNetworkStatus: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                networkId: components["parameters"]["NetworkId"];
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description The status. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["NetworkStatus"];
                };
            };
            default: components["responses"]["Problem"];
        };
    };
    getBlock: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                networkId: components["parameters"]["NetworkId"];
                height: components["parameters"]["Height"];
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description The block. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Block"];
                };
            };
            default: components["responses"]["Problem"];
        };
    };
    getTransaction: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                networkId: components["parameters"]["NetworkId"];
                height: components["parameters"]["Height"];
                transactionId: components["parameters"]["TransactionId"];
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description The transaction. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Transaction"];
                };
            };
            default: components["responses"]["Problem"];
        };
    };
    getConsensusState: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                networkId: components["parameters"]["NetworkId"];
                height: components["parameters"]["Height"];
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description The consensus state. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ConsensusState"];
                };
            };
            default: components["responses"]["Problem"];
        };
    };
    listObjectIds: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                networkId: components["parameters"]["NetworkId"];
                height: components["parameters"]["Height"];
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description The ids. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ObjectIds"];
                };
            };
            default: components["responses"]["Problem"];
        };
    };
    getObject: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                networkId: components["parameters"]["NetworkId"];
                height: components["parameters"]["Height"];
                objectId: components["parameters"]["ObjectId"];
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description The references. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ObjectReferences"];
                };
            };
            default: components["responses"]["Problem"];
        };
    };
}
