namespace Nines.Control.Gateway;

/// <summary>Why a body was not read.</summary>
internal enum BodyRefusal
{
    /// <summary>It was.</summary>
    None,

    /// <summary>It is larger than the service takes.</summary>
    TooLarge,

    /// <summary>Too many bodies are being read at once.</summary>
    NoMemory,

    /// <summary>It is not in the encoding that its header names.</summary>
    Malformed,
}
