using System.Text;
using Nines.Host.Vms;

namespace Nines.Host.Tests.Vms;

public sealed class GuestPasswordTests : IDisposable
{
    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("password");

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    private VmFiles Files => new(new() { HostId = "host-1", StateDirectory = _folder.FullName, RunDirectory = _folder.FullName, ImagesDirectory = _folder.FullName }, "i-00000000000000001");

    public void Dispose() => _folder.Delete(recursive: true);

    [Theory]
    [InlineData("", "")]
    [InlineData("2026/11/26 22:00:00Z: Windows is being configured", "")]
    [InlineData("<Password>\r\nAQID\r\n</Password>\r\nWindows is Ready to use", "AQID")]
    [InlineData("Password: <Password>\r\nAQ\r\nID\r\n</Password>", "AQID")]
    [InlineData("<Password>AQID</Password><Password>BAUG</Password>", "BAUG")]
    [InlineData("<Password>AQID</Password><Password>BAU", "AQID")]
    [InlineData("<Password>AQID</Password><Password>no base64!</Password>", "AQID")]
    [InlineData("<Password></Password>", "")]
    [InlineData("</Password>AQID<Password>", "")]
    public void The_newest_whole_password_of_a_console_counts(string console, string password) =>
        GuestPassword.Find(Encoding.ASCII.GetBytes(console)).ShouldBe(password);

    [Fact]
    public void What_is_too_long_for_a_key_is_no_password() =>
        GuestPassword.Find(Encoding.ASCII.GetBytes($"<Password>{Convert.ToBase64String(new byte[5000])}</Password>")).ShouldBe("");

    [Fact]
    public async Task A_password_is_remembered_when_the_console_begins_anew()
    {
        Directory.CreateDirectory(Files.Directory);
        (await GuestPassword.ReadAsync(Files, Cancellation)).ShouldBe("");

        await File.WriteAllTextAsync(Files.ConsoleLog, "<Password>AQID</Password>", Cancellation);
        (await GuestPassword.ReadAsync(Files, Cancellation)).ShouldBe("AQID");

        await File.WriteAllTextAsync(Files.ConsoleLog, "another boot", Cancellation);
        (await GuestPassword.ReadAsync(Files, Cancellation)).ShouldBe("AQID");

        await File.WriteAllTextAsync(Files.ConsoleLog, "<Password>BAUG</Password>", Cancellation);
        (await GuestPassword.ReadAsync(Files, Cancellation)).ShouldBe("BAUG", "it was set anew");
    }
}
