namespace Nines.Control.Services.Kms;

/// <summary>The full names of keys and aliases.</summary>
internal sealed class KmsArns(string region)
{
    public string OfKey(string accountId, string keyId) => $"{Start(accountId)}key/{keyId}";

    public string OfAlias(string accountId, string name) => $"{Start(accountId)}{name}";

    /// <summary>The account and the rest of a full name of this region; <see langword="null"/> when it is no full name.</summary>
    /// <exception cref="Nines.Wire.AwsException"><c>InvalidArnException</c>, <c>NotFoundException</c>.</exception>
    public (string AccountId, string Name)? Parse(string text)
    {
        if (!text.StartsWith("arn:", StringComparison.Ordinal))
        {
            return null;
        }

        return text.Split(':', 6) is ["arn", "aws", "kms", var place, { Length: 12 } accountId, var name] && accountId.All(char.IsAsciiDigit)
            ? place == region ? (accountId, name) : throw KmsErrors.KeyNotFound(text)
            : throw KmsErrors.InvalidArn(text);
    }

    private string Start(string accountId) => $"arn:aws:kms:{region}:{accountId}:";
}
