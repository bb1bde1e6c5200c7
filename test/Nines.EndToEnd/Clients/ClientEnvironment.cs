using Nines.Control.Identity;

namespace Nines.EndToEnd.Clients;

/// <summary>What a client needs in its environment to be the root of a cloud, and nothing of the machine's own settings.</summary>
internal static class ClientEnvironment
{
    public static IReadOnlyDictionary<string, string> For(RootCredentials root) => new Dictionary<string, string>
    {
        ["AWS_ACCESS_KEY_ID"] = root.Credentials.AccessKeyId,
        ["AWS_SECRET_ACCESS_KEY"] = root.Credentials.SecretAccessKey,
        ["AWS_DEFAULT_REGION"] = root.Region,
        ["AWS_REGION"] = root.Region,
        ["AWS_CONFIG_FILE"] = "/dev/null",
        ["AWS_SHARED_CREDENTIALS_FILE"] = "/dev/null",
        ["AWS_EC2_METADATA_DISABLED"] = "true",
        ["AWS_CA_BUNDLE"] = "",
    };
}
