using System.Text;
using Nines.Wire.Signing;

namespace Nines.Control.Identity;

/// <summary>
/// The root keys on disk, for <c>nines env</c> and any AWS tool: a shared credentials file (profile <c>default</c>) that
/// only its owner can read. The account's id stands in it as <c>aws_account_id</c>.
/// </summary>
internal static class CredentialsFile
{
    /// <summary>The file's name in the state directory.</summary>
    public const string Name = "credentials";

    private const UnixFileMode OwnerOnly = UnixFileMode.UserRead | UnixFileMode.UserWrite;

    /// <summary>Writes the file whole, or leaves the old one: it is replaced by a rename.</summary>
    public static void Write(string stateDirectory, RootCredentials root)
    {
        var path = Path.Combine(stateDirectory, Name);
        var temporary = $"{path}.new";
        var text = $"""
            [default]
            aws_access_key_id = {root.Credentials.AccessKeyId}
            aws_secret_access_key = {root.Credentials.SecretAccessKey}
            aws_account_id = {root.AccountId}
            region = {root.Region}

            """;

        // The mode is given when the file is made, so that there is no moment at which others can read it.
        File.Delete(temporary);
        using (var file = new FileStream(temporary, new FileStreamOptions { Mode = FileMode.CreateNew, Access = FileAccess.Write, UnixCreateMode = OwnerOnly }))
        {
            file.Write(Encoding.UTF8.GetBytes(text));
            file.Flush(flushToDisk: true);
        }

        File.Move(temporary, path, overwrite: true);
    }

    /// <summary>Reads the file; null when it is not there or not whole.</summary>
    public static RootCredentials? Read(string stateDirectory)
    {
        var path = Path.Combine(stateDirectory, Name);
        if (!File.Exists(path))
        {
            return null;
        }

        var values = File.ReadLines(path)
            .Select(line => line.Split('=', 2, StringSplitOptions.TrimEntries))
            .Where(parts => parts.Length == 2)
            .GroupBy(parts => parts[0], parts => parts[1])
            .ToDictionary(group => group.Key, group => group.First());
        return values.TryGetValue("aws_access_key_id", out var id)
            && values.TryGetValue("aws_secret_access_key", out var secret)
            && values.TryGetValue("aws_account_id", out var account)
            && values.TryGetValue("region", out var region)
            ? new RootCredentials(account, region, new Credentials(id, secret))
            : null;
    }
}
