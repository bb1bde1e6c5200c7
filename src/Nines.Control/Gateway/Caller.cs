namespace Nines.Control.Gateway;

/// <summary>Who calls, as its signature proved.</summary>
/// <param name="AccountId">The account, twelve digits.</param>
/// <param name="Arn">The principal: <c>arn:aws:iam::123456789012:root</c>.</param>
/// <param name="UserId">AWS's unique id of the principal; the account's id for its root.</param>
/// <param name="AccessKeyId">The access key that signed.</param>
/// <param name="IsRoot">Whether it is the root of the account, or a session of it.</param>
/// <param name="IsSession">Whether temporary credentials signed.</param>
internal sealed record Caller(string AccountId, string Arn, string UserId, string AccessKeyId, bool IsRoot, bool IsSession = false);
