using System.Text;
using Nines.Api.Ec2;
using Nines.Client;
using Nines.Composition;
using Nines.Terminal;
using Nines.Wire;

namespace Nines.Servers;

/// <summary>The key pair that <c>run</c> gives to servers and <c>ssh</c> opens them with.</summary>
internal static class SshKey
{
    public const string Name = "nines";

    /// <summary>Makes the key at the first use and sees to it that the cloud knows it.</summary>
    public static async Task EnsureAsync(CloudClient client, CloudPaths state, CancellationToken cancellationToken)
    {
        if (!File.Exists(state.SshKey))
        {
            Directory.CreateDirectory(Path.GetDirectoryName(state.SshKey)!, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);
            var exitCode = await Child.RunAsync("ssh-keygen", ["-q", "-t", "ed25519", "-N", "", "-C", Name, "-f", state.SshKey], null, cancellationToken);
            if (exitCode != 0)
            {
                throw new UserException($"ssh-keygen could not make {state.SshKey}");
            }
        }

        try
        {
            var publicKey = await File.ReadAllTextAsync(state.SshKey + ".pub", cancellationToken);
            await client.CallAsync(
                Ec2Api.ImportKeyPair,
                new ImportKeyPairRequest { KeyName = Name, PublicKeyMaterial = Encoding.UTF8.GetBytes(publicKey) },
                cancellationToken);
        }
        catch (AwsException e) when (e.Code == "InvalidKeyPair.Duplicate")
        {
            // Imported by an earlier run: the name is ours.
        }
    }
}
