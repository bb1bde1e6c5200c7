namespace Nines.Control.Admin;

/// <summary>An account was made. Its secret is told here and never again.</summary>
/// <param name="Name">What it is called.</param>
/// <param name="AccountId">Its id.</param>
/// <param name="Region">The region of this cloud.</param>
/// <param name="AccessKeyId">The id of its root's key.</param>
/// <param name="SecretAccessKey">The secret of that key.</param>
internal sealed record AccountResult(string Name, string AccountId, string Region, string AccessKeyId, string SecretAccessKey);
