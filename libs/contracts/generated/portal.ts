// Generated from openapi/portal.yaml by `npm run generate`; do not edit.

export interface paths {
    "/v1/me": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** @description Who calls, as the services see it. */
        get: operations["getMe"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/investor-logins": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /** @description Gives a registered subject a login of its own. Maker-checked. */
        post: operations["registerInvestorLogin"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/logins/{personId}/activation-codes": {
        parameters: {
            query?: never;
            header?: never;
            path: {
                personId: components["schemas"]["Uuid"];
            };
            cookie?: never;
        };
        get?: never;
        put?: never;
        /** @description A code, handed to the person at the counter, with which the person chooses a password. It works once, for a day, and takes the place of any earlier code. */
        post: operations["issueActivationCode"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/login-activations": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /** @description Chooses the password of the login that the code was issued for. */
        post: operations["activateLogin"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/programs": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /** @description Registers a program with its public key and roles. It gets access tokens by the client credentials grant, authenticated with private_key_jwt (ES256). Maker-checked. */
        post: operations["registerProgram"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/approvals": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** @description Requests of the portal, newest first. */
        get: operations["listApprovals"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/approvals/{approvalId}": {
        parameters: {
            query?: never;
            header?: never;
            path: {
                approvalId: components["schemas"]["Uuid"];
            };
            cookie?: never;
        };
        get: operations["getApproval"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/approvals/{approvalId}/decisions": {
        parameters: {
            query?: never;
            header?: never;
            path: {
                approvalId: components["schemas"]["Uuid"];
            };
            cookie?: never;
        };
        get?: never;
        put?: never;
        /** @description A second person approves exactly the payload of that hash, or returns it. */
        post: operations["decideApproval"];
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
        /** @enum {string} */
        Role: "registrar.maker" | "registrar.checker" | "settlement.maker" | "settlement.checker" | "investor" | "regulator" | "operator" | "auditor";
        /** @description Lower-case letters, digits, dots and hyphens, beginning with a letter. */
        Username: string;
        Me: {
            id: string;
            name: string;
            roles: components["schemas"]["Role"][];
            subjectId?: components["schemas"]["Uuid"];
        };
        NewInvestorLogin: {
            subjectId: components["schemas"]["Uuid"];
            username: components["schemas"]["Username"];
        };
        ActivationCode: {
            code: string;
            expiresAt: components["schemas"]["Instant"];
        };
        Activation: {
            code: string;
            password: string;
        };
        ActivatedLogin: {
            username: components["schemas"]["Username"];
        };
        NewProgram: {
            name: string;
            roles: components["schemas"]["Role"][];
            /** @description SubjectPublicKeyInfo of a P-256 key, PEM. */
            publicKeyPem: string;
        };
        Approval: {
            id: components["schemas"]["Uuid"];
            operation: string;
            /** @enum {string} */
            state: "pending" | "approved" | "returned" | "expired";
            payload: {
                [key: string]: unknown;
            };
            payloadHash: components["schemas"]["Sm3Digest"];
            maker: string;
            makerName?: string;
            madeAt: components["schemas"]["Instant"];
            expiresAt: components["schemas"]["Instant"];
            checker?: string;
            checkerName?: string;
            decidedAt?: components["schemas"]["Instant"];
            opinion?: string;
            result?: {
                [key: string]: unknown;
            };
        };
        ApprovalAnswer: {
            approval: components["schemas"]["Approval"];
        };
        ApprovalPage: {
            items: components["schemas"]["Approval"][];
            nextCursor: components["schemas"]["NextCursor"];
        };
        Decision: {
            payloadHash: components["schemas"]["Sm3Digest"];
            /** @enum {string} */
            decision: "approve" | "return";
            opinion: string;
        };
        /** Format: uuid */
        Uuid: string;
        /**
         * Format: date-time
         * @description A moment in UTC with milliseconds.
         */
        Instant: string;
        /** @description An SM3 digest in lower-case hexadecimal. */
        Sm3Digest: string;
        /** @description The cursor of the next page; null on the last. */
        NextCursor: string | null;
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
        /** @description Chosen by the caller; the same key with the same request gets the first answer again, with another request the problem idempotency-key-reused. Kept for seven days. */
        IdempotencyKey: string;
        /** @description The greatest number of items in the answer. */
        Limit: number;
        /** @description The nextCursor of the page before; opaque and signed. */
        Cursor: string;
    };
    requestBodies: never;
    headers: never;
    pathItems: never;
}
export type $defs = Record<string, never>;
export interface operations {
    getMe: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description The caller. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Me"];
                };
            };
            default: components["responses"]["Problem"];
        };
    };
    registerInvestorLogin: {
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
                "application/json": components["schemas"]["NewInvestorLogin"];
            };
        };
        responses: {
            /** @description Waiting for a second person. */
            202: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ApprovalAnswer"];
                };
            };
            default: components["responses"]["Problem"];
        };
    };
    issueActivationCode: {
        parameters: {
            query?: never;
            header: {
                /** @description Chosen by the caller; the same key with the same request gets the first answer again, with another request the problem idempotency-key-reused. Kept for seven days. */
                "Idempotency-Key": components["parameters"]["IdempotencyKey"];
            };
            path: {
                personId: components["schemas"]["Uuid"];
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description The code, shown to nobody else. */
            201: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ActivationCode"];
                };
            };
            default: components["responses"]["Problem"];
        };
    };
    activateLogin: {
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
                "application/json": components["schemas"]["Activation"];
            };
        };
        responses: {
            /** @description The person may sign in. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ActivatedLogin"];
                };
            };
            default: components["responses"]["Problem"];
        };
    };
    registerProgram: {
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
                "application/json": components["schemas"]["NewProgram"];
            };
        };
        responses: {
            /** @description Waiting for a second person. */
            202: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ApprovalAnswer"];
                };
            };
            default: components["responses"]["Problem"];
        };
    };
    listApprovals: {
        parameters: {
            query?: {
                state?: "pending" | "approved" | "returned" | "expired";
                /** @description The greatest number of items in the answer. */
                limit?: components["parameters"]["Limit"];
                /** @description The nextCursor of the page before; opaque and signed. */
                cursor?: components["parameters"]["Cursor"];
            };
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description A page of approvals, newest first. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ApprovalPage"];
                };
            };
            default: components["responses"]["Problem"];
        };
    };
    getApproval: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                approvalId: components["schemas"]["Uuid"];
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description The approval with its payload. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ApprovalAnswer"];
                };
            };
            default: components["responses"]["Problem"];
        };
    };
    decideApproval: {
        parameters: {
            query?: never;
            header: {
                /** @description Chosen by the caller; the same key with the same request gets the first answer again, with another request the problem idempotency-key-reused. Kept for seven days. */
                "Idempotency-Key": components["parameters"]["IdempotencyKey"];
            };
            path: {
                approvalId: components["schemas"]["Uuid"];
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["Decision"];
            };
        };
        responses: {
            /** @description Decided; an approval carries the result of what it executed. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ApprovalAnswer"];
                };
            };
            default: components["responses"]["Problem"];
        };
    };
}
