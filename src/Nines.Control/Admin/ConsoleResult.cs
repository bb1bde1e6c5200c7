namespace Nines.Control.Admin;

/// <summary>The newest output of a console.</summary>
internal sealed record ConsoleResult(byte[] Output);
