// Generated from openapi/problems.yaml and openapi/problems/ by `npm run generate`; do not edit.

export interface ProblemEntry {
  readonly status: number;
  readonly title: { readonly zh: string; readonly en: string };
  readonly detail: { readonly zh: string; readonly en: string };
}

export const problemCatalogue = {
  "malformed-request": {"status":400,"title":{"zh":"请求不符合接口约定","en":"The request does not match the contract"},"detail":{"zh":"请求中有不符合接口约定的内容，详见 errors。","en":"Parts of the request do not match the contract; see errors."}},
  "malformed-json": {"status":400,"title":{"zh":"请求体不是有效的 JSON","en":"The request body is not valid JSON"},"detail":{"zh":"请求体无法解析为 JSON，或嵌套超过 {depthMax} 层。","en":"The request body cannot be parsed as JSON or is nested deeper than {depthMax} levels."}},
  "invalid-cursor": {"status":400,"title":{"zh":"分页游标无效","en":"The page cursor is not valid"},"detail":{"zh":"游标不是由本服务为该查询签发的，请从第一页重新查询。","en":"The cursor was not issued by this service for this query; start again from the first page."}},
  "idempotency-key-missing": {"status":400,"title":{"zh":"缺少 Idempotency-Key 请求头","en":"The Idempotency-Key header is missing"},"detail":{"zh":"写操作须带 Idempotency-Key 请求头，1 至 255 个可见 ASCII 字符。","en":"A write needs an Idempotency-Key header of 1 to 255 visible ASCII characters."}},
  "idempotency-key-in-flight": {"status":409,"title":{"zh":"同一幂等键的请求正在处理","en":"A request with this idempotency key is in progress"},"detail":{"zh":"使用同一 Idempotency-Key 的请求尚未完成，请稍后重试。","en":"A request with the same Idempotency-Key has not finished; try again later."}},
  "idempotency-key-reused": {"status":422,"title":{"zh":"幂等键已用于另一请求","en":"The idempotency key was used for another request"},"detail":{"zh":"该 Idempotency-Key 已用于内容不同的请求，请更换新的键。","en":"This Idempotency-Key was used for a request with different content; use a new key."}},
  "field-unknown": {"status":400,"title":{"zh":"未知字段","en":"Unknown field"},"detail":{"zh":"字段 {name} 不在接口约定中。","en":"The contract has no field {name}."}},
  "field-missing": {"status":400,"title":{"zh":"缺少字段","en":"Missing field"},"detail":{"zh":"缺少必填字段 {name}。","en":"The required field {name} is missing."}},
  "field-type": {"status":400,"title":{"zh":"字段类型错误","en":"Wrong type"},"detail":{"zh":"字段的类型应为 {expected}。","en":"The field must be of type {expected}."}},
  "field-format": {"status":400,"title":{"zh":"字段格式错误","en":"Wrong format"},"detail":{"zh":"字段不符合约定的格式 {expected}。","en":"The field does not match the agreed format {expected}."}},
  "field-length": {"status":400,"title":{"zh":"字段长度超限","en":"Wrong length"},"detail":{"zh":"字段长度不在约定范围内（{expected}）。","en":"The length of the field is outside the agreed range ({expected})."}},
  "field-range": {"status":400,"title":{"zh":"字段数值超限","en":"Out of range"},"detail":{"zh":"字段数值不在约定范围内（{expected}）。","en":"The value of the field is outside the agreed range ({expected})."}},
  "field-value": {"status":400,"title":{"zh":"字段取值不被接受","en":"Value not accepted"},"detail":{"zh":"字段取值不在约定的取值之中。","en":"The value of the field is not one that the contract accepts."}},
  "unauthenticated": {"status":401,"title":{"zh":"未通过身份验证","en":"Not authenticated"},"detail":{"zh":"请求没有携带有效的访问凭证。","en":"The request carries no valid credential."}},
  "token-expired": {"status":401,"title":{"zh":"访问凭证已过期","en":"The credential has expired"},"detail":{"zh":"访问凭证已过期，请重新获取。","en":"The credential has expired; obtain a new one."}},
  "forbidden": {"status":403,"title":{"zh":"无权执行该操作","en":"Not allowed"},"detail":{"zh":"您的角色无权执行该操作。","en":"Your role does not allow this operation."}},
  "not-found": {"status":404,"title":{"zh":"未找到","en":"Not found"},"detail":{"zh":"所请求的资源不存在，或您无权查看。","en":"The resource does not exist or is not visible to you."}},
  "method-not-allowed": {"status":405,"title":{"zh":"不支持该方法","en":"Method not allowed"},"detail":{"zh":"该地址不支持 {method} 方法。","en":"This address does not support the method {method}."}},
  "stale-version": {"status":412,"title":{"zh":"版本已变化","en":"The version has changed"},"detail":{"zh":"资源已被更新，请重新读取后再提交。","en":"The resource has been changed since it was read; read it again before submitting."}},
  "body-too-large": {"status":413,"title":{"zh":"请求体过大","en":"The request body is too large"},"detail":{"zh":"请求体超过 {bytesMax} 字节的上限。","en":"The request body exceeds the limit of {bytesMax} bytes."}},
  "unsupported-media-type": {"status":415,"title":{"zh":"不支持的媒体类型","en":"Unsupported media type"},"detail":{"zh":"该操作不接受此 Content-Type。","en":"The operation does not accept this Content-Type."}},
  "precondition-required": {"status":428,"title":{"zh":"缺少 If-Match 请求头","en":"The If-Match header is missing"},"detail":{"zh":"该操作须带 If-Match 请求头，其值为读取资源时得到的 ETag。","en":"The operation needs an If-Match header with the ETag obtained when reading the resource."}},
  "too-many-requests": {"status":429,"title":{"zh":"请求过于频繁","en":"Too many requests"},"detail":{"zh":"请求过于频繁，请按 Retry-After 指示的时间重试。","en":"Too many requests; try again after the time given in Retry-After."}},
  "internal-error": {"status":500,"title":{"zh":"内部错误","en":"Internal error"},"detail":{"zh":"服务内部错误，请凭 traceId 联系运维人员。","en":"The service failed; contact its operator with the traceId."}},
  "service-unavailable": {"status":503,"title":{"zh":"服务暂不可用","en":"Temporarily unavailable"},"detail":{"zh":"所依赖的服务暂不可用，请按 Retry-After 指示的时间重试。","en":"Something this service depends on is unavailable; try again after the time in Retry-After."}},
  "approval-same-person": {"status":422,"title":{"zh":"复核人与经办人相同","en":"Maker and checker are the same person"},"detail":{"zh":"经办人不得复核本人提交的申请。","en":"A request must not be decided by the person who submitted it."}},
  "approval-payload-changed": {"status":409,"title":{"zh":"申请内容已变化","en":"The payload has changed"},"detail":{"zh":"复核时的内容摘要与提交时不一致，请重新提交申请。","en":"The digest under review differs from the one submitted; submit a new request."}},
  "approval-expired": {"status":409,"title":{"zh":"申请已过期","en":"The request has expired"},"detail":{"zh":"申请已于 {expiredAt} 过期，请重新提交。","en":"The request expired at {expiredAt}; submit a new one."}},
  "approval-already-decided": {"status":409,"title":{"zh":"申请已有复核结果","en":"The request has been decided"},"detail":{"zh":"该申请已有复核结果（{decision}），不能再次复核。","en":"The request has been decided ({decision}) and cannot be decided again."}},
  "id-malformed": {"status":400,"title":{"zh":"标识格式错误","en":"Malformed identifier"},"detail":{"zh":"“{value}” 不是有效的标识。","en":"\"{value}\" is not a valid identifier."}},
  "instant-malformed": {"status":400,"title":{"zh":"时间格式错误","en":"Malformed instant"},"detail":{"zh":"“{value}” 不是带毫秒的 UTC 时间。","en":"\"{value}\" is not a UTC time with milliseconds."}},
  "date-malformed": {"status":400,"title":{"zh":"日期格式错误","en":"Malformed date"},"detail":{"zh":"“{value}” 不是有效的日期（年-月-日）。","en":"\"{value}\" is not a valid date (year-month-day)."}},
  "quantity-malformed": {"status":400,"title":{"zh":"股份数量格式错误","en":"Malformed share quantity"},"detail":{"zh":"“{value}” 不是以十进制整数表示的股份数量。","en":"\"{value}\" is not a share quantity as a whole decimal number."}},
  "quantity-out-of-range": {"status":422,"title":{"zh":"股份数量超出范围","en":"Share quantity out of range"},"detail":{"zh":"股份数量 {value} 超出允许的范围。","en":"The share quantity {value} is outside the range allowed."}},
  "quantity-shortage": {"status":422,"title":{"zh":"股份数量不足","en":"Not enough shares"},"detail":{"zh":"现有 {held} 股，不足 {needed} 股。","en":"There are {held} shares where {needed} are needed."}},
  "amount-malformed": {"status":400,"title":{"zh":"金额格式错误","en":"Malformed amount"},"detail":{"zh":"“{value}” 不是以分为单位的整数金额。","en":"\"{value}\" is not a whole amount of fen."}},
  "amount-out-of-range": {"status":422,"title":{"zh":"金额超出范围","en":"Amount out of range"},"detail":{"zh":"金额 {value} 分超出允许的范围。","en":"The amount of {value} fen is outside the range allowed."}},
  "rate-malformed": {"status":400,"title":{"zh":"费率格式错误","en":"Malformed rate"},"detail":{"zh":"“{value}” 不是有效的费率。","en":"\"{value}\" is not a valid rate."}},
  "calendar-does-not-cover-date": {"status":422,"title":{"zh":"日历未覆盖该日期","en":"The calendar does not cover the date"},"detail":{"zh":"营业日历未覆盖 {date}，请先补录日历。","en":"The business calendar does not cover {date}; extend the calendar first."}},
} as const satisfies Record<string, ProblemEntry>;

export type ProblemCode = keyof typeof problemCatalogue;
