using System.Text;
using Nines.Host.Files;

namespace Nines.Host.Vms;

/// <summary>
/// The password of a Windows guest's administrator as the guest says it on its serial console, once, when it is new: encrypted with the public key that the
/// metadata service has, in base64, between <c>&lt;Password&gt;</c> and <c>&lt;/Password&gt;</c> (EC2 User Guide: EC2Launch; that of EC2Launch and of EC2Config).
/// </summary>
internal static class GuestPassword
{
    /// <summary>An RSA key of 4096 bits makes 512.</summary>
    private const int MaxBytes = 1024;

    private static ReadOnlySpan<byte> Begin => "<Password>"u8;

    private static ReadOnlySpan<byte> End => "</Password>"u8;

    /// <summary>The newest password in what a console has said, without line breaks; empty: it has said none.</summary>
    public static string Find(ReadOnlySpan<byte> console)
    {
        var end = console.LastIndexOf(End);
        while (end >= 0)
        {
            var begin = console[..end].LastIndexOf(Begin);
            if (begin < 0)
            {
                return "";
            }

            if (Parse(console[(begin + Begin.Length)..end]) is { } password)
            {
                return password;
            }

            end = console[..begin].LastIndexOf(End);
        }

        return "";
    }

    /// <summary>The password of a machine; what its present boot has said is remembered beside its other files. Empty: there is none yet.</summary>
    public static async Task<string> ReadAsync(VmFiles files, CancellationToken cancellationToken)
    {
        if (File.Exists(files.ConsoleLog) && Find(await ReadSharedAsync(files.ConsoleLog, cancellationToken)) is { Length: > 0 } said)
        {
            if (!File.Exists(files.Password) || await File.ReadAllTextAsync(files.Password, cancellationToken) != said)
            {
                await DurableFile.WriteAsync(files.Password, Encoding.ASCII.GetBytes(said), cancellationToken);
            }

            return said;
        }

        return File.Exists(files.Password) ? await File.ReadAllTextAsync(files.Password, cancellationToken) : "";
    }

    private static string? Parse(ReadOnlySpan<byte> said)
    {
        Span<byte> bytes = stackalloc byte[MaxBytes];
        return said.Length <= 2 * MaxBytes && Convert.TryFromBase64String(Encoding.Latin1.GetString(said), bytes, out var count) && count > 0 ? Convert.ToBase64String(bytes[..count]) : null;
    }

    /// <summary>The hypervisor may be writing.</summary>
    private static async Task<byte[]> ReadSharedAsync(string path, CancellationToken cancellationToken)
    {
        await using var file = new FileStream(path, FileMode.Open, FileAccess.Read, FileShare.ReadWrite | FileShare.Delete);
        file.Seek(-Math.Min(file.Length, 2 * ConsoleRing.KeptBytes), SeekOrigin.End);
        var content = new MemoryStream();
        await file.CopyToAsync(content, cancellationToken);
        return content.ToArray();
    }
}
